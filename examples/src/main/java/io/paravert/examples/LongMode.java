package io.paravert.examples;

import static io.paravert.isa.Register.*;

import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;

/**
 * The fourth of the four modes: 64-bit mode, in which a Paravert guest usually starts. The processor says so itself (EFER.LMA),
 * and a multiplication shows registers of 64 bits.
 */
public final class LongMode implements ExampleGuest {
    private static final long EFER = 0xc000_0080L;
    private static final int LMA_BIT = 10;

    @Override
    public String name() {
        return "long-mode";
    }

    @Override
    public String summary() {
        return "64-bit mode";
    }

    @Override
    public GuestProgram program() {
        return PvAssembler.program(name(), GuestMode.LONG, LongMode::body);
    }

    private static void body(PvAssembler g) {
        g.print("Hello from 64-bit mode!\n");
        g.mov(ECX, EFER);
        g.rdmsr();
        g.shr(EAX, LMA_BIT);
        g.and(EAX, 1);
        g.mov(EBX, EAX);
        g.print("EFER.LMA = ");
        g.printDecimal(EBX);
        g.mov(RBX, 4_294_967_291L);
        g.imul(RBX, RBX);
        g.print("\n4294967291 squared is ");
        g.printDecimal(RBX);
        g.print(".\n");
    }
}
