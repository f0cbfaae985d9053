package io.paravert.devices.fuzz;

import io.paravert.devices.console.ConsoleBackend;
import io.paravert.devices.console.ConsoleDevice;
import io.paravert.devices.console.ConsoleInput;
import io.paravert.testkit.FuzzedDriver;
import io.paravert.testkit.HeldFutures;
import io.paravert.virtio.mmio.VirtioMmioDevice;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;

/** A console of two ports: input comes, the terminal changes, output is slow or refused, as the input says. */
public final class ConsoleFuzz {
    private static final Moody FIRST = new Moody();
    private static final Moody SECOND = new Moody();
    private static final FuzzedDriver DRIVER = FuzzedDriver.of((window, pin) -> {
                FIRST.slow = false;
                SECOND.slow = false;
                ConsoleDevice device = new ConsoleDevice(
                        List.of(new ConsoleDevice.Port("console", FIRST), new ConsoleDevice.Port("agent", SECOND)));
                return new VirtioMmioDevice(device, window, pin::set);
            })
            .stimulus(choice -> {
                if (choice == 0) {
                    FIRST.nudge(0);
                    SECOND.nudge(0);
                } else {
                    ((choice & 1) == 0 ? FIRST : SECOND).nudge(choice >> 1);
                }
            });

    private ConsoleFuzz() {}

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] input) {
        DRIVER.run(input);
    }

    private static final class Moody implements ConsoleBackend {
        private final HeldFutures<Void> held = new HeldFutures<>();
        private Optional<ConsoleInput> input = Optional.empty();
        private boolean slow;

        @Override
        public Future<Void> start(Vertx vertx, ConsoleInput port) {
            input = Optional.of(port);
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> write(byte[] bytes) {
            return slow ? held.hold() : Future.succeededFuture();
        }

        void nudge(int choice) {
            if (choice == 0) {
                // What a reset waits for must end, however much was written while it was slow.
                slow = false;
                while (held.count() > 0) {
                    held.complete();
                }
            }
            if (held.count() > 0) {
                if ((choice & 8) == 0) {
                    held.complete();
                } else {
                    held.fail(new IllegalStateException("refused, as the input says"));
                }
            }
            ConsoleInput port = input.orElseThrow();
            switch (choice & 7) {
                case 1 -> port.offer(new byte[choice], 0, choice);
                case 2 -> port.resize(choice, 2 * choice);
                case 3 -> port.setConnected((choice & 16) == 0);
                case 4 -> slow = true;
                case 5 -> port.offer(new byte[3000], 0, 3000);
                default -> {}
            }
        }
    }
}
