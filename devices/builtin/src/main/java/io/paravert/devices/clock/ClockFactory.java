package io.paravert.devices.clock;

import io.paravert.device.Device;
import io.paravert.device.DeviceFactory;

/** {@code --device clock}. */
public final class ClockFactory implements DeviceFactory<ClockOptions> {
    @Override
    public String type() {
        return "clock";
    }

    @Override
    public String summary() {
        return "wall and monotonic time with an alarm, in MMIO registers";
    }

    @Override
    public Class<ClockOptions> configuration() {
        return ClockOptions.class;
    }

    @Override
    public Device create(ClockOptions configuration) {
        return new ClockDevice();
    }
}
