package io.paravert.load;

import io.paravert.device.Device;
import io.paravert.device.DeviceIdentity;
import io.paravert.device.DeviceSite;
import io.paravert.device.Isolation;
import io.paravert.devices.block.BlockDevice;
import io.vertx.core.Future;
import java.util.Map;

/** A block device over a store some of whose requests go wrong; it does not stop for those that are late. */
final class FaultyDisk implements Device {
    private final FaultyStore store;
    private final BlockDevice disk;

    FaultyDisk(FaultyStore store) {
        this.store = store;
        this.disk = new BlockDevice(store, BlockDevice.Settings.USUAL);
    }

    @Override
    public DeviceIdentity identity() {
        return disk.identity();
    }

    @Override
    public Map<String, Long> counts() {
        return disk.counts();
    }

    @Override
    public Isolation isolation() {
        return disk.isolation();
    }

    @Override
    public void attach(DeviceSite site) {
        disk.attach(site);
    }

    @Override
    public Future<Void> start() {
        return disk.start();
    }

    @Override
    public Future<Void> stop() {
        store.giveUp();
        return disk.stop();
    }
}
