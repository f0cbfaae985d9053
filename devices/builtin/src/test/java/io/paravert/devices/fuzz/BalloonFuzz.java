package io.paravert.devices.fuzz;

import io.paravert.devices.balloon.BalloonDevice;
import io.paravert.testkit.FuzzedDriver;
import io.paravert.virtio.mmio.VirtioMmioDevice;
import java.util.concurrent.atomic.AtomicReference;

/** The balloon, which the host resizes and asks for statistics. */
public final class BalloonFuzz {
    private static final AtomicReference<BalloonDevice> BALLOON = new AtomicReference<>(new BalloonDevice(16));
    private static final FuzzedDriver DRIVER = FuzzedDriver.of((window, pin) -> {
                BALLOON.set(new BalloonDevice(16));
                return new VirtioMmioDevice(BALLOON.get(), window, pin::set);
            })
            .givesPagesBack()
            .stimulus(choice -> {
                if (choice < 128) {
                    BALLOON.get().resize(choice);
                } else {
                    BALLOON.get().askForStatistics();
                }
            });

    private BalloonFuzz() {}

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] input) {
        DRIVER.run(input);
    }
}
