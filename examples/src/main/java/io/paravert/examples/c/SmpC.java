package io.paravert.examples.c;

import io.paravert.guest.CBuild;
import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestProgram;

/** {@code smp.c}: two vCPUs add to one counter. */
public final class SmpC implements ExampleGuest {
    @Override
    public String name() {
        return "smp-c";
    }

    @Override
    public String summary() {
        return "two vCPUs count together and lose nothing, written in C";
    }

    @Override
    public GuestProgram program() {
        return new CBuild().resource(SmpC.class, "smp.c").program(name());
    }

    @Override
    public int vcpus() {
        return 2;
    }
}
