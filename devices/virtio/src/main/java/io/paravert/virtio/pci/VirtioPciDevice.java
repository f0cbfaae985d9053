package io.paravert.virtio.pci;

import io.paravert.device.Access;
import io.paravert.device.ClaimException;
import io.paravert.device.Delivery;
import io.paravert.device.DeviceSite;
import io.paravert.device.InlineAccessHandler;
import io.paravert.virtio.VirtioDevice;
import io.paravert.virtio.frame.DeviceFrame;
import io.paravert.virtio.frame.FramedDevice;
import io.paravert.virtio.mmio.InterruptPin;
import io.vertx.core.Future;

/**
 * A virtio device as a PCI function with one memory BAR of 64 KiB. The common and the device's configuration are served on the
 * device's context while the vCPU waits, so that a reset is over when the driver's write returns; notifications are posted;
 * ISR status and MSI-X table are served inline.
 */
public final class VirtioPciDevice extends FramedDevice {
    /** Bytes of the BAR; its address is a multiple of that. */
    public static final int WINDOW_BYTES = PciLayout.BAR_BYTES;

    private static final int MAX_VECTORS = 64;

    private final long window;
    private final InterruptPin pin;
    private final int queues;
    private final MsixTable msix;
    private final FunctionConfig function;

    /**
     * @param window GPA of the BAR, below 4 GiB, outside RAM
     * @param pin INTA of its slot, for drivers without MSI-X
     * @param gsi where that pin leads, for the interrupt line register
     */
    public VirtioPciDevice(VirtioDevice device, long window, InterruptPin pin, int gsi, MessageSink messages) {
        super(device);
        this.window = window;
        this.pin = pin;
        this.queues = device.queues().size();
        this.msix = new MsixTable(Math.min(queues + 1, MAX_VECTORS), messages);
        this.function = new FunctionConfig(device, window, gsi, msix);
    }

    /** A register that ignores what is written to it. */
    private interface ReadOnly extends InlineAccessHandler {
        @Override
        default void write(int vcpu, long offset, int size, long value) {
            // Nothing.
        }
    }

    /** Its configuration space. */
    public PciFunction function() {
        return function;
    }

    @Override
    public void attach(DeviceSite site) {
        PciInterrupts interrupts = new PciInterrupts(msix, queues, pin, site.eventLine(0));
        DeviceFrame attached = frame(site, interrupts);
        CommonConfig common = new CommonConfig(attached, queues, interrupts);
        site.claimMmio(
                window + PciLayout.COMMON_AT,
                PciLayout.COMMON_BYTES,
                Delivery.CALL,
                access -> serveCommon(common, access));
        site.claimMmio(
                window + PciLayout.DEVICE_AT,
                PciLayout.DEVICE_BYTES,
                Delivery.CALL,
                access -> serveConfig(attached, access));
        claimNotifications(site, attached);
        function.onMove((from, to) -> {
            try {
                site.moveMmio(from, WINDOW_BYTES, to);
                return true;
            } catch (ClaimException e) {
                return false;
            }
        });
        claimInline(site, interrupts);
        function.access().onAccess(access -> attached.onDevice(() -> serve(attached, common, interrupts, access)));
    }

    private static Future<Long> serveCommon(CommonConfig common, Access access) {
        int offset = (int) access.offset();
        return access.write()
                ? common.write(offset, access.size(), access.value()).map(0L)
                : Future.succeededFuture(common.read(offset, access.size()));
    }

    /** An access that came through configuration space, offset in the BAR; on the device's context. */
    private Future<Long> serve(DeviceFrame frame, CommonConfig common, PciInterrupts interrupts, Access access) {
        int offset = (int) access.offset();
        if (offset < PciLayout.COMMON_AT + PciLayout.COMMON_BYTES) {
            return serveCommon(common, access);
        }
        if (offset == PciLayout.ISR_AT && !access.write()) {
            return Future.succeededFuture((long) interrupts.takeStatus());
        }
        int config = offset - PciLayout.DEVICE_AT;
        if (config >= 0 && config < PciLayout.DEVICE_BYTES) {
            return serveConfig(frame, new Access(0, config, access.size(), access.write(), access.value()));
        }
        int notify = offset - PciLayout.NOTIFY_AT;
        if (notify >= 0 && notify < PciLayout.NOTIFY_BYTES && access.write()) {
            frame.notifyQueue(notify / PciLayout.NOTIFY_MULTIPLIER);
        }
        return Future.succeededFuture(0L);
    }

    /**
     * A doorbell for each queue. The place names the queue; what is written says the same in two bytes, or with
     * NOTIFICATION_DATA in four bytes where the driver stands (4.1.5.2).
     */
    private void claimNotifications(DeviceSite site, DeviceFrame attached) {
        long place = window + PciLayout.NOTIFY_AT;
        for (int i = 0; i < queues; i++) {
            int queue = i;
            site.claimDoorbell(
                    place, Short.BYTES, value -> attached.notifyQueue(queue), () -> attached.notifyQueue(queue));
            place += PciLayout.NOTIFY_MULTIPLIER;
        }
        site.claimMmio(place, window + PciLayout.NOTIFY_AT + PciLayout.NOTIFY_BYTES - place, (ReadOnly)
                (vcpu, offset, size) -> 0);
    }

    private static Future<Long> serveConfig(DeviceFrame frame, Access access) {
        int offset = (int) access.offset();
        int size = access.size();
        boolean whole = (size == 1 || size == 2 || size == 4 || size == 8) && offset % size == 0;
        if (!whole) {
            return Future.succeededFuture(0L);
        }
        if (access.write()) {
            frame.writeConfig(offset, size, access.value());
            return Future.succeededFuture(0L);
        }
        return Future.succeededFuture(frame.readConfig(offset, size));
    }

    private void claimInline(DeviceSite site, PciInterrupts interrupts) {
        site.claimMmio(window + PciLayout.ISR_AT, 1, (ReadOnly) (vcpu, offset, size) -> interrupts.takeStatus());
        long tableBytes = (long) msix.vectors() * PciLayout.MSIX_ENTRY_BYTES;
        site.claimMmio(window + PciLayout.MSIX_TABLE_AT, tableBytes, new InlineAccessHandler() {
            @Override
            public long read(int vcpu, long offset, int size) {
                return msix.read(offset, size);
            }

            @Override
            public void write(int vcpu, long offset, int size, long value) {
                msix.write(offset, size, value);
            }
        });
        site.claimMmio(window + PciLayout.MSIX_PENDING_AT, Long.BYTES, (ReadOnly)
                (vcpu, offset, size) -> msix.pending() >>> offset * Byte.SIZE);
    }
}
