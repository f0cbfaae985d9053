package io.paravert.examples;

import static io.paravert.isa.Register.*;

import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;

/**
 * The second of the four modes: 32-bit protected mode with flat segments and no paging. Addresses are physical, and reach
 * 4 GiB; registers hold 32 bits and wrap around.
 */
public final class ProtectedMode implements ExampleGuest {
    private static final int PG_BIT = 31;

    @Override
    public String name() {
        return "protected-mode";
    }

    @Override
    public String summary() {
        return "32-bit protected mode without paging";
    }

    @Override
    public GuestProgram program() {
        return PvAssembler.program(name(), GuestMode.PROTECTED, ProtectedMode::body);
    }

    private static void body(PvAssembler g) {
        g.print("Hello from 32-bit protected mode!\n");
        g.mov(EBX, 0xffff_ffffL);
        g.print("0x");
        g.printHex(EBX);
        g.inc(EBX);
        g.print(" + 1 = 0x");
        g.printHex(EBX);
        g.mov(EBX, CR0);
        g.mov(EBP, EBX);
        g.and(EBX, 1);
        g.shr(EBP, PG_BIT);
        g.print("\nCR0.PE = ");
        g.printDecimal(EBX);
        g.print(", CR0.PG = ");
        g.printDecimal(EBP);
        g.print("\n");
    }
}
