package io.paravert.devices.net;

import io.paravert.device.Device;
import io.paravert.device.DeviceFactory;

/** {@code --device net,network=lan0}. */
public final class NetDeviceFactory implements DeviceFactory<NetConfiguration> {
    @Override
    public String type() {
        return "net";
    }

    @Override
    public String summary() {
        return "a network interface, to other guests, a socket or a TAP: ports, MMIO, calls, virtio-net over MMIO, rings";
    }

    @Override
    public Class<NetConfiguration> configuration() {
        return NetConfiguration.class;
    }

    @Override
    public Device create(NetConfiguration configuration) {
        return new NetDevice(configuration.backend(), configuration.identity(), configuration.place());
    }
}
