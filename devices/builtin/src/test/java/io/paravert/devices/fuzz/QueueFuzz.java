package io.paravert.devices.fuzz;

import io.paravert.testkit.FuzzedDriver;
import io.paravert.testkit.HeldFutures;
import io.paravert.virtio.QueueSpec;
import io.paravert.virtio.Request;
import io.paravert.virtio.VirtioDevice;
import io.paravert.virtio.VirtioFeature;
import io.paravert.virtio.mmio.VirtioMmioDevice;
import io.vertx.core.Future;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The queues themselves, with everything that can be negotiated, behind a device that echoes: at once, or when it pleases. */
public final class QueueFuzz {
    private static final Echo ECHO = new Echo();
    private static final FuzzedDriver DRIVER = FuzzedDriver.of((window, pin) -> {
                ECHO.slow = false;
                return new VirtioMmioDevice(ECHO, window, pin::set);
            })
            .stimulus(ECHO::nudge);

    private QueueFuzz() {}

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] input) {
        DRIVER.run(input);
    }

    private static final class Echo implements VirtioDevice {
        private static final int TYPE = 42;
        private static final int QUEUE_SIZE = 32;
        private static final int MOST_ECHOED = 4096;
        private static final int MOST_WAITING = 8;

        private final HeldFutures<Void> held = new HeldFutures<>();
        private boolean slow;

        void nudge(int choice) {
            slow = (choice & 1) != 0;
            if (held.count() > 0) {
                held.complete();
            }
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public Set<VirtioFeature> ringFeatures() {
            return EnumSet.allOf(VirtioFeature.class);
        }

        @Override
        public List<QueueSpec> queues() {
            return List.of(
                    QueueSpec.ofRequests(QUEUE_SIZE, QueueSpec.Direction.BOTH, this::echo),
                    QueueSpec.ofRequests(QUEUE_SIZE, QueueSpec.Direction.READABLE, this::echo),
                    QueueSpec.ofRequests(QUEUE_SIZE, QueueSpec.Direction.WRITABLE, this::echo));
        }

        private Future<Void> echo(Request request) {
            int bytes = (int) Math.min(
                    MOST_ECHOED,
                    Math.min(request.readable().length(), request.writable().length()));
            byte[] copy = new byte[bytes];
            request.readable().read(0, copy, 0, bytes);
            request.writable().write(0, copy, 0, bytes);
            request.setWritten(bytes);
            return slow && held.count() < MOST_WAITING ? held.hold() : Future.succeededFuture();
        }
    }
}
