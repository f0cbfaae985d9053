package io.paravert.examples;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;
import io.paravert.isa.asm.Label;

/**
 * A guest that fails, to show what the monitor then says. It reads an address that its page tables do not map; having no
 * interrupt table, it cannot even be told, and that is a triple fault. The report has the registers, the code, the last exits,
 * and the page walk of the address in CR2. With the kit's own exception handlers (leave {@code none()} away) the guest
 * itself says what happened.
 */
public final class Crash implements ExampleGuest {
    private static final long UNMAPPED = 0x1234_5678_9000L;

    @Override
    public String name() {
        return "crash";
    }

    @Override
    public String summary() {
        return "reads unmapped memory and dies: shows the crash report";
    }

    @Override
    public GuestProgram program() {
        return PvAssembler.program(name(), GuestMode.LONG, Crash::body);
    }

    private static void body(PvAssembler g) {
        g.interrupts().none();
        g.print("This guest is about to read memory that it has not mapped.\n");
        Label careless = g.label("careless");
        g.mov(RBX, UNMAPPED);
        g.call(careless);
        g.shutdown(0);
        g.bind(careless);
        g.mov(RAX, qword(RBX, 8));
        g.ret();
    }
}
