package io.paravert.examples;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/**
 * The first of the four modes: 16-bit real mode, where an address is segment times 16 plus offset, so that two pairs can name
 * one byte. Hypercalls work here too: 16-bit code fills a slot of its call page and writes the slot's number to a port.
 */
public final class RealMode implements ExampleGuest {
    @Override
    public String name() {
        return "real-mode";
    }

    @Override
    public String summary() {
        return "16-bit real mode: segments that overlap";
    }

    @Override
    public GuestProgram program() {
        return PvAssembler.program(name(), GuestMode.REAL, RealMode::body);
    }

    private static void body(PvAssembler g) {
        g.print("Hello from 16-bit real mode!\n");
        g.mov(AX, 0x0700);
        g.mov(ES, AX);
        g.mov(byte_(0x0010).withSegment(ES), 0x5a);
        Label differ = g.label();
        g.cmp(byte_(0x7010), 0x5a);
        g.jne(differ);
        g.print("0700:0010 and 0000:7010 are the same byte.\n");
        g.smsw(AX);
        g.and(EAX, 1);
        g.mov(EBX, EAX);
        g.print("CR0.PE = ");
        g.printDecimal(EBX);
        g.print("\n");
        g.shutdown(0);
        g.bind(differ);
        g.print("0700:0010 and 0000:7010 differ!\n");
        g.shutdown(1);
    }
}
