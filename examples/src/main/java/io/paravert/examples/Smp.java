package io.paravert.examples;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/**
 * Two vCPUs: the first starts the second by a hypercall, both count in one place with LOCK INC, and no update is lost. A
 * vCPU that waits gives its host thread away by VCPU_YIELD instead of burning it.
 */
public final class Smp implements ExampleGuest {
    private static final int EACH = 20_000;

    @Override
    public String name() {
        return "smp";
    }

    @Override
    public String summary() {
        return "two vCPUs count in one place";
    }

    @Override
    public int vcpus() {
        return 2;
    }

    @Override
    public GuestProgram program() {
        return PvAssembler.program(name(), GuestMode.LONG, Smp::body);
    }

    private static void body(PvAssembler g) {
        Label counter = g.reserve("counter", 8, 64);
        Label started = g.reserve("started", 8, 64);
        Label finished = g.reserve("finished", 8, 64);
        Label second = g.label("second vCPU");

        g.vcpuStart(1, second, g.stack(4096));
        g.exitOnError(1);
        waitFor(g, started);
        count(g, counter);
        waitFor(g, finished);
        g.mov(RBX, qwordAt(counter));
        g.print("2 vCPUs counted to ");
        g.printDecimal(RBX);
        g.print(".\n");
        g.cmp(RBX, 2 * EACH);
        Label right = g.label();
        g.je(right);
        g.print("Updates were lost!\n");
        g.shutdown(1);
        g.bind(right);
        g.print("No update was lost.\n");
        g.shutdown(0);

        g.bind(second);
        g.mov(qwordAt(started), 1);
        count(g, counter);
        g.mov(qwordAt(finished), 1);
        g.vcpuStop();
    }

    private static void count(PvAssembler g, Label counter) {
        g.mov(ECX, EACH);
        Label again = g.here();
        g.lock().inc(qwordAt(counter));
        g.dec(ECX);
        g.jnz(again);
    }

    private static void waitFor(PvAssembler g, Label flag) {
        Label again = g.here();
        Label done = g.label();
        g.cmp(qwordAt(flag), 0);
        g.jne(done);
        g.vcpuYield();
        g.jmp(again);
        g.bind(done);
    }
}
