package io.paravert.examples.kv;

import io.paravert.examples.c.HelloC;
import io.paravert.guest.CBuild;
import io.paravert.guest.GuestProgram;

/** The guest of {@code key_value.c}: a server and nothing else. */
public final class KeyValueServer {
    private KeyValueServer() {}

    public static GuestProgram program() {
        return new CBuild().resource(HelloC.class, "key_value.c").program("key-value");
    }
}
