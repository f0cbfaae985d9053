package io.paravert.examples.c;

import io.paravert.guest.CBuild;
import io.paravert.guest.GuestProgram;

/** {@code window_echo.c}: packets between two guests through the device {@code window}. */
final class WindowEchoC {
    private WindowEchoC() {}

    static GuestProgram program() {
        return new CBuild().resource(WindowEchoC.class, "window_echo.c").program("window-echo");
    }
}
