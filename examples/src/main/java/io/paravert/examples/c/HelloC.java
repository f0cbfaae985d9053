package io.paravert.examples.c;

import io.paravert.guest.CBuild;
import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestProgram;

/** {@code hello.c}: the smallest guest in C. */
public final class HelloC implements ExampleGuest {
    @Override
    public String name() {
        return "hello-c";
    }

    @Override
    public String summary() {
        return "says hello, written in C";
    }

    @Override
    public GuestProgram program() {
        return new CBuild().resource(HelloC.class, "hello.c").program(name());
    }
}
