package io.paravert.devices.entropy;

import io.paravert.device.Device;
import io.paravert.device.DeviceFactory;
import io.paravert.virtio.mmio.VirtioOnMmio;

/** {@code --device entropy}. */
public final class EntropyFactory implements DeviceFactory<EntropyOptions> {
    @Override
    public String type() {
        return "entropy";
    }

    @Override
    public String summary() {
        return "random bytes from the host (virtio-rng)";
    }

    @Override
    public Class<EntropyOptions> configuration() {
        return EntropyOptions.class;
    }

    @Override
    public Device create(EntropyOptions configuration) {
        return new VirtioOnMmio(new EntropyDevice());
    }
}
