package io.paravert.virtio.mmio;

import io.paravert.abi.Gpa;
import io.paravert.device.ClaimException;
import io.paravert.device.Device;
import io.paravert.device.DeviceIdentity;
import io.paravert.device.DeviceSite;
import io.paravert.device.Isolation;
import io.paravert.virtio.OffersVirtio;
import io.paravert.virtio.VirtioDevice;
import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A virtio device whose place is not chosen yet: what a factory makes. Attached as it is, it takes the window of its device
 * number in the ABI's device window and tells the guest by its event 0; a platform that has a bus of its own takes the
 * {@link #virtio} device out instead.
 */
public final class VirtioOnMmio implements Device, OffersVirtio {
    private final VirtioDevice virtio;
    private @Nullable VirtioMmioDevice placed;

    public VirtioOnMmio(VirtioDevice virtio) {
        this.virtio = virtio;
    }

    @Override
    public VirtioDevice virtio() {
        return virtio;
    }

    @Override
    public DeviceIdentity identity() {
        return virtio.identity();
    }

    @Override
    public Map<String, Long> counts() {
        return virtio.counts();
    }

    @Override
    public Isolation isolation() {
        return virtio.isolation();
    }

    /** @param number as {@link DeviceSite#number} */
    static long window(int number) {
        long gpa = Gpa.DEVICE_WINDOW + (long) number * VirtioMmioDevice.WINDOW_BYTES;
        if (number < 0 || gpa > Gpa.DEVICE_WINDOW_END - VirtioMmioDevice.WINDOW_BYTES) {
            throw new ClaimException("device number " + number + " has no MMIO window: a machine has "
                    + (Gpa.DEVICE_WINDOW_END - Gpa.DEVICE_WINDOW) / VirtioMmioDevice.WINDOW_BYTES);
        }
        return gpa;
    }

    @Override
    public void attach(DeviceSite site) {
        VirtioMmioDevice device = new VirtioMmioDevice(virtio, window(site.number()), level -> {});
        device.attach(site);
        placed = device;
    }

    private VirtioMmioDevice placed() {
        VirtioMmioDevice device = placed;
        if (device == null) {
            throw new IllegalStateException("the device was not attached");
        }
        return device;
    }

    @Override
    public Future<Void> start() {
        return placed().start();
    }

    @Override
    public Future<Void> stop() {
        return placed().stop();
    }
}
