package io.paravert.devices.fuzz;

import io.paravert.devices.clock.ClockDevice;
import io.paravert.testkit.FuzzedAccesses;
import java.time.Instant;

/** The clock's registers, in any width, at any place, with any value. */
public final class ClockFuzz {
    private static final FuzzedAccesses GUEST =
            FuzzedAccesses.of(() -> new ClockDevice(() -> Instant.parse("2026-11-25T12:00:00Z")));

    private ClockFuzz() {}

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] input) {
        GUEST.run(input);
    }
}
