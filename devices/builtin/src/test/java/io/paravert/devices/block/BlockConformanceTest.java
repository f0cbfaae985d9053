package io.paravert.devices.block;

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
}
