package io.paravert.devices.net;

import io.paravert.devices.DevicePaths;
import io.paravert.testkit.DeviceCases;
import io.paravert.testkit.VirtioCases;
import io.paravert.virtio.mmio.VirtioMmioDevice;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What every device must stand, for net. */
class NetConformanceTest {
    @TestFactory
    Stream<DynamicTest> virtio() {
        return VirtioCases.of((window, pin) -> new VirtioMmioDevice(
                        new VirtioNet(new Network().port(), NetIdentity.random()), window, pin::set))
                .inputQueues(0)
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> paths() {
        return DeviceCases.of(() -> new NetDevice(new Network().port(), NetIdentity.random(), DevicePaths.Place.USUAL))
                .tests();
    }
}
