package io.paravert.devices.window;

import io.paravert.device.Device;
import io.paravert.device.DeviceFactory;

/** {@code --device window,name=table}. */
public final class WindowFactory implements DeviceFactory<WindowConfiguration> {
    @Override
    public String type() {
        return "window";
    }

    @Override
    public String summary() {
        return "memory shared with another guest of this process, with a doorbell each way";
    }

    @Override
    public Class<WindowConfiguration> configuration() {
        return WindowConfiguration.class;
    }

    @Override
    public Device create(WindowConfiguration configuration) {
        return new WindowDevice(configuration);
    }
}
