package io.paravert.devices.fuzz;

import io.paravert.abi.PvError;
import io.paravert.devices.block.BlockStore;
import io.paravert.devices.block.MemoryStore;
import io.paravert.devices.block.VirtioBlock;
import io.paravert.devices.path.IoRequest;
import io.paravert.testkit.FuzzedDriver;
import io.paravert.virtio.mmio.VirtioMmioDevice;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Queue;

/** The block device over a store that is prompt, slow, or fails, as the input says. */
public final class BlockFuzz {
    private static final Moody STORE = new Moody();
    private static final FuzzedDriver DRIVER = FuzzedDriver.of((window, pin) -> {
                STORE.renew();
                return new VirtioMmioDevice(new VirtioBlock(STORE, "fuzz"), window, pin::set);
            })
            .stimulus(STORE::nudge);

    private BlockFuzz() {}

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] input) {
        DRIVER.run(input);
    }

    /** On the device's context, but for {@link #renew}. */
    private static final class Moody implements BlockStore {
        private static final int MOST_WAITING = 8;

        private final Queue<IoRequest> waiting = new ArrayDeque<>();
        private MemoryStore store = new MemoryStore(64 << 10);
        private boolean slow;

        void renew() {
            store = new MemoryStore(64 << 10);
            waiting.clear();
            slow = false;
        }

        void nudge(int choice) {
            slow = (choice & 1) != 0;
            IoRequest first = waiting.poll();
            if (first != null && (choice & 2) != 0) {
                first.complete(-PvError.EIO);
            } else if (first != null) {
                store.begin(first);
            }
        }

        @Override
        public long sectors() {
            return store.sectors();
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public void begin(IoRequest request) {
            // What waits is bounded, so that a reset, which waits for it, comes to its end.
            if (slow && waiting.size() < MOST_WAITING) {
                waiting.add(request);
            } else {
                store.begin(request);
            }
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    }
}
