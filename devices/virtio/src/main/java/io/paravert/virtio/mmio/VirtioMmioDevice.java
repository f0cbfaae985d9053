package io.paravert.virtio.mmio;

import io.paravert.device.Access;
import io.paravert.device.Delivery;
import io.paravert.device.DeviceSite;
import io.paravert.device.InlineAccessHandler;
import io.paravert.virtio.VirtioDevice;
import io.paravert.virtio.frame.DeviceFrame;
import io.paravert.virtio.frame.FramedDevice;
import io.vertx.core.Future;

/**
 * A virtio device in an MMIO window of 4096 bytes. Registers are served on the device's context while the vCPU waits, so that a
 * reset is over when the driver's write returns; notifications are posted; InterruptStatus and InterruptACK are served inline.
 * Used buffers and configuration changes raise the interrupt pin and the device's event 0.
 */
public final class VirtioMmioDevice extends FramedDevice {
    /** Bytes of the window. */
    public static final int WINDOW_BYTES = MmioRegister.WINDOW_BYTES;

    private final long window;
    private final InterruptPin pin;

    /**
     * @param window GPA of the window, a multiple of 4096, outside RAM
     * @param pin what is asserted while an interrupt is unacknowledged
     */
    public VirtioMmioDevice(VirtioDevice device, long window, InterruptPin pin) {
        super(device);
        this.window = window;
        this.pin = pin;
    }

    @Override
    public void attach(DeviceSite site) {
        InterruptRegister interrupts = new InterruptRegister(pin, site.eventLine(0));
        DeviceFrame attached = frame(site, interrupts);
        MmioTransport registers = new MmioTransport(attached);
        claimRegisters(site, registers, 0, MmioRegister.QUEUE_NOTIFY);
        site.claimDoorbell(
                window + MmioRegister.QUEUE_NOTIFY, MmioRegister.BYTES, registers::notifyQueue, attached::notifyQueues);
        claimRegisters(site, registers, MmioRegister.QUEUE_NOTIFY + MmioRegister.BYTES, MmioRegister.INTERRUPT_STATUS);
        site.claimMmio(window + MmioRegister.INTERRUPT_STATUS, 2L * MmioRegister.BYTES, inline(interrupts));
        claimRegisters(site, registers, MmioRegister.INTERRUPT_ACK + MmioRegister.BYTES, MmioRegister.WINDOW_BYTES);
    }

    private void claimRegisters(DeviceSite site, MmioTransport registers, int from, int to) {
        site.claimMmio(window + from, to - from, Delivery.CALL, access -> serve(registers, from, access));
    }

    private static Future<Long> serve(MmioTransport registers, int from, Access access) {
        int offset = (int) access.offset() + from;
        if (access.write()) {
            return registers.write(offset, access.size(), access.value()).map(0L);
        }
        return Future.succeededFuture(registers.read(offset, access.size()));
    }

    private static InlineAccessHandler inline(InterruptRegister interrupts) {
        return new InlineAccessHandler() {
            @Override
            public long read(int vcpu, long offset, int size) {
                return offset == 0 && size == MmioRegister.BYTES ? interrupts.status() : 0;
            }

            @Override
            public void write(int vcpu, long offset, int size, long value) {
                if (offset == MmioRegister.BYTES && size == MmioRegister.BYTES) {
                    interrupts.acknowledge((int) value);
                }
            }
        };
    }
}
