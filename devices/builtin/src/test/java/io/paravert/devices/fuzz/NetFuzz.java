package io.paravert.devices.fuzz;

import io.paravert.devices.net.LoopBackend;
import io.paravert.devices.net.NetIdentity;
import io.paravert.devices.net.VirtioNet;
import io.paravert.testkit.FuzzedDriver;
import io.paravert.virtio.mmio.VirtioMmioDevice;

/** The network interface as a virtio device; what is sent comes back, so that both queues have work. */
public final class NetFuzz {
    private static final NetIdentity IDENTITY = new NetIdentity(2, NetIdentity.LEAST_MTU);
    private static final FuzzedDriver DRIVER = FuzzedDriver.of(
            (window, pin) -> new VirtioMmioDevice(new VirtioNet(new LoopBackend(), IDENTITY), window, pin::set));

    private NetFuzz() {}

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] input) {
        DRIVER.run(input);
    }
}
