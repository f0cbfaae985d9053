package io.paravert.virtio.frame;

import io.paravert.device.Device;
import io.paravert.device.DeviceIdentity;
import io.paravert.device.DeviceSite;
import io.paravert.device.Isolation;
import io.paravert.virtio.VirtioDevice;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A virtio device behind a transport: what is the same whatever the transport. */
public abstract class FramedDevice implements Device {
    private final VirtioDevice device;
    private @Nullable DeviceFrame frame;

    protected FramedDevice(VirtioDevice device) {
        this.device = device;
    }

    /** Makes the frame; while the device is attached, once. */
    protected final DeviceFrame frame(DeviceSite site, Notifier notifier) {
        DeviceFrame made = new DeviceFrame(device, site, notifier);
        frame = made;
        return made;
    }

    private DeviceFrame attached() {
        DeviceFrame attached = frame;
        if (attached == null) {
            throw new IllegalStateException("the device was not attached");
        }
        return attached;
    }

    @Override
    public final DeviceIdentity identity() {
        return device.identity();
    }

    @Override
    public final Map<String, Long> counts() {
        return device.counts();
    }

    @Override
    public final Isolation isolation() {
        return device.isolation();
    }

    @Override
    public final Future<Void> start() {
        return attached().start();
    }

    @Override
    public final Future<Void> stop() {
        return attached().stop();
    }

    /** Why the device needs a reset, if it does; on the device's context. */
    public final Optional<String> lastError() {
        return attached().lastError();
    }
}
