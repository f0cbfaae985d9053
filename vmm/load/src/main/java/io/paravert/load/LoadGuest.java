package io.paravert.load;

import static io.paravert.isa.Register.*;

import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/** The guest that drives a target: asks {@link Pace} what to do, and does it. */
final class LoadGuest {
    private LoadGuest() {}

    static GuestProgram program(LoadTarget target) {
        return PvAssembler.program("load", GuestMode.LONG, g -> body(g, target));
    }

    private static void body(PvAssembler g, LoadTarget target) {
        Label ask = g.label("ask");
        Label go = g.label("go");
        Label over = g.label("over");
        target.setUp(g);
        g.xor(R13D, R13D);
        g.bind(ask);
        g.hypercall(Pace.NEXT, R13);
        g.test(RAX, RAX);
        g.js(over);
        g.jz(go);
        g.mov(R12, RAX);
        g.clock();
        g.add(R12, RAX);
        g.vcpuPoll(R12);
        g.jmp(ask);
        g.bind(go);
        target.operation(g);
        g.mov(R13, RAX);
        g.jmp(ask);
        g.bind(over);
        g.shutdown(0);
    }
}
