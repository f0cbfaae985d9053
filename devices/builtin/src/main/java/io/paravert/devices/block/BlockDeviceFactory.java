package io.paravert.devices.block;

import io.paravert.device.Device;
import io.paravert.device.DeviceFactory;

/** {@code --device block,file=disk.img}. */
public final class BlockDeviceFactory implements DeviceFactory<BlockConfiguration> {
    @Override
    public String type() {
        return "block";
    }

    @Override
    public String summary() {
        return "a disk, in a raw file or in memory: ports, MMIO, calls, virtio-blk over MMIO, rings";
    }

    @Override
    public Class<BlockConfiguration> configuration() {
        return BlockConfiguration.class;
    }

    @Override
    public Device create(BlockConfiguration configuration) {
        return new BlockDevice(configuration.store(), configuration.settings());
    }
}
