package io.paravert.examples;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.CallSlotLayout;
import io.paravert.abi.Hypercall;
import io.paravert.abi.Limit;
import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/**
 * What a hypercall costs: the guest itself measures, by the monitor's clock, calls that do nothing; first one exit a call, then
 * {@value io.paravert.abi.Limit#MULTICALL_ENTRIES} calls an exit. The difference is the price of leaving the guest.
 */
public final class Ping implements ExampleGuest {
    private static final int CALLS = 1024;
    private static final int BATCH = Limit.MULTICALL_ENTRIES;

    @Override
    public String name() {
        return "ping";
    }

    @Override
    public String summary() {
        return "measures the null hypercall, one by one and in batches";
    }

    @Override
    public GuestProgram program() {
        return PvAssembler.program(name(), GuestMode.LONG, Ping::body);
    }

    private static void body(PvAssembler g) {
        measure(g, CALLS, () -> g.hypercall(Hypercall.NULL));
        report(g, "null hypercall, one exit each: ");

        Label entries = g.reserve("entries", BATCH * CallSlotLayout.SIZE, CallSlotLayout.SIZE);
        g.lea(RBX, at(entries));
        for (int i = 0; i < BATCH; i++) {
            g.mov(qword(RBX, (long) i * CallSlotLayout.SIZE + CallSlotLayout.NUMBER_OFFSET), Hypercall.NULL);
        }
        measure(g, CALLS / BATCH, () -> {
            g.multicall(entries, imm(BATCH));
            g.exitOnError(1);
        });
        report(g, "null hypercall, " + BATCH + " in one exit: ");
    }

    /** Leaves in RAX the ns that all calls took. */
    private static void measure(PvAssembler g, int rounds, Runnable call) {
        g.clock();
        g.mov(R12, RAX);
        g.mov(R13D, rounds);
        Label again = g.here();
        call.run();
        g.dec(R13D);
        g.jnz(again);
        g.clock();
        g.sub(RAX, R12);
    }

    private static void report(PvAssembler g, String what) {
        g.xor(EDX, EDX);
        g.mov(ECX, CALLS);
        g.div(RCX);
        g.mov(RBX, RAX);
        g.print(what);
        g.printDecimal(RBX);
        g.print(" ns\n");
    }
}
