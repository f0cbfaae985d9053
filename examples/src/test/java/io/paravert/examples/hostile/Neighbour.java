package io.paravert.examples.hostile;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/** A guest that fills memory with a pattern and looks after it, again and again, until somebody types. */
final class Neighbour {
    private static final int WORDS = 2048;
    private static final long PATTERN = 0x5ca1_ab1e_0ddb_a115L;

    private Neighbour() {}

    static GuestProgram program() {
        return PvAssembler.program("neighbour", GuestMode.LONG, g -> {
            Label area = g.reserve("area", WORDS * Long.BYTES, 4096);
            Label key = g.reserve("key", 8, 8);
            Label damaged = g.label("damaged");
            Label leave = g.label("leave");
            g.lea(RDI, at(area));
            g.mov(RAX, PATTERN);
            g.mov(ECX, WORDS);
            g.rep().stosq();
            g.print("watching\n");
            Label look = g.here("look");
            g.lea(RDI, at(area));
            g.mov(RAX, PATTERN);
            g.mov(ECX, WORDS);
            g.rep().scasq();
            g.jne(damaged);
            g.consoleRead(key, 1);
            g.test(RAX, RAX);
            g.jg(leave);
            g.vcpuYield();
            g.jmp(look);
            g.bind(leave);
            g.print("unharmed\n");
            g.shutdown(0);
            g.bind(damaged);
            g.print("damaged\n");
            g.shutdown(1);
        });
    }
}
