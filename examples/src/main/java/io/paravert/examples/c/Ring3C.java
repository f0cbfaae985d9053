package io.paravert.examples.c;

import io.paravert.guest.CBuild;
import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestProgram;

/** {@code ring3.c} and {@code ring3_app.c}: a tiny kernel in ring 0 and its application in ring 3. */
public final class Ring3C implements ExampleGuest {
    @Override
    public String name() {
        return "ring3-c";
    }

    @Override
    public String summary() {
        return "an application in ring 3 makes system calls and faults; its kernel survives; written in C";
    }

    @Override
    public GuestProgram program() {
        return new CBuild()
                .resource(Ring3C.class, "ring3.c")
                .resource(Ring3C.class, "ring3.h")
                .userResource(Ring3C.class, "ring3_app.c")
                .program(name());
    }
}
