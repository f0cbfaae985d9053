package io.paravert.devices.fuzz;

import io.paravert.devices.block.BlockDevice;
import io.paravert.devices.block.MemoryStore;
import io.paravert.testkit.FuzzedAccesses;

/** The block device's ports, registers, calls and shared-memory rings, with whatever a guest can put there. */
public final class BlockPathsFuzz {
    private static final FuzzedAccesses GUEST =
            FuzzedAccesses.of(() -> new BlockDevice(new MemoryStore(64 << 10), BlockDevice.Settings.USUAL));

    private BlockPathsFuzz() {}

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] input) {
        GUEST.run(input);
    }
}
