package io.paravert.examples;

import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestMode;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.PvAssembler;

/**
 * The smallest guest: one hypercall that writes to the console, and one that ends the machine, which the kit adds where the
 * code ends. The guest kit also adds the prologue that finds Paravert by CPUID; everything else is what you see.
 */
public final class Hello implements ExampleGuest {
    @Override
    public String name() {
        return "hello";
    }

    @Override
    public String summary() {
        return "says hello over the hypercall console";
    }

    @Override
    public GuestProgram program() {
        return PvAssembler.program(name(), GuestMode.LONG, g -> g.print("Hello from a guest written in Java!\n"));
    }
}
