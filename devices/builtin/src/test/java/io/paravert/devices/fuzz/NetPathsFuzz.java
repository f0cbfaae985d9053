package io.paravert.devices.fuzz;

import io.paravert.devices.DevicePaths;
import io.paravert.devices.net.LoopBackend;
import io.paravert.devices.net.NetDevice;
import io.paravert.devices.net.NetIdentity;
import io.paravert.testkit.FuzzedAccesses;

/** The network interface's ports, registers, calls and shared-memory rings, with whatever a guest can put there. */
public final class NetPathsFuzz {
    private static final NetIdentity IDENTITY = new NetIdentity(2, NetIdentity.LEAST_MTU);
    private static final FuzzedAccesses GUEST =
            FuzzedAccesses.of(() -> new NetDevice(new LoopBackend(), IDENTITY, DevicePaths.Place.USUAL));

    private NetPathsFuzz() {}

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] input) {
        GUEST.run(input);
    }
}
