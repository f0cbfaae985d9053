package io.paravert.devices.balloon;

import io.paravert.device.Device;
import io.paravert.device.DeviceFactory;
import io.paravert.virtio.mmio.VirtioOnMmio;

/** {@code --device balloon}. */
public final class BalloonFactory implements DeviceFactory<BalloonOptions> {
    @Override
    public String type() {
        return "balloon";
    }

    @Override
    public String summary() {
        return "gives a guest's spare memory back to the host (virtio-balloon)";
    }

    @Override
    public Class<BalloonOptions> configuration() {
        return BalloonOptions.class;
    }

    @Override
    public Device create(BalloonOptions options) {
        return new VirtioOnMmio(new BalloonDevice(options.pages()));
    }
}
