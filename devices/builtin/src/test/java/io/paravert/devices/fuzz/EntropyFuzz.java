package io.paravert.devices.fuzz;

import io.paravert.devices.entropy.EntropyDevice;
import io.paravert.testkit.FuzzedDriver;
import io.paravert.virtio.mmio.VirtioMmioDevice;
import java.util.Arrays;

/** The entropy device; its source is even, so that an input does the same each time. */
public final class EntropyFuzz {
    private static final FuzzedDriver DRIVER = FuzzedDriver.of((window, pin) ->
            new VirtioMmioDevice(new EntropyDevice(bytes -> Arrays.fill(bytes, (byte) 7)), window, pin::set));

    private EntropyFuzz() {}

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] input) {
        DRIVER.run(input);
    }
}
