package io.paravert.devices.block;

import io.paravert.abi.PvError;
import io.paravert.testkit.DriverBuffer;
import io.paravert.testkit.SlowBackEnd;
import io.paravert.testkit.TestMemory;
import io.paravert.testkit.VirtioCases;
import io.paravert.virtio.mmio.VirtioMmioDevice;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What every virtio device must stand, for block. */
class BlockConformanceTest {
    private static final long BYTES = 1 << 20;

    @TestFactory
    Stream<DynamicTest> conformance() {
        return VirtioCases.of((window, pin) ->
                        new VirtioMmioDevice(new VirtioBlock(new MemoryStore(BYTES), "disk"), window, pin::set))
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> conformanceOfTwoQueuesInOrder() {
        BlockDevice.Settings settings = BlockDevice.Settings.USUAL.withQueues(2).withInOrder();
        return VirtioCases.of((window, pin) ->
                        new VirtioMmioDevice(VirtioBlock.owning(new MemoryStore(BYTES), settings), window, pin::set))
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> conformanceOfASlowStore() {
        Slow slow = new Slow();
        return VirtioCases.of((window, pin) -> {
                    slow.store = new HeldStore(BYTES);
                    return new VirtioMmioDevice(new VirtioBlock(slow.store, "disk"), window, pin::set);
                })
                .backEnd(slow)
                .tests()
                .filter(test -> test.getDisplayName().contains("back end"));
    }

    private static final class Slow implements SlowBackEnd {
        private HeldStore store = new HeldStore(BYTES);

        @Override
        public int queue() {
            return 0;
        }

        @Override
        public DriverBuffer request(TestMemory memory) {
            // All zeros: a read of sector 0.
            return DriverBuffer.of(
                    DriverBuffer.readable(memory.allocate(16, 8), 16),
                    DriverBuffer.writable(memory.allocate(513, 8), 513));
        }

        @Override
        public int waiting() {
            return store.waiting();
        }

        @Override
        public void finish() {
            store.finish();
        }

        @Override
        public void fail() {
            store.fail(PvError.EIO);
        }
    }
}
