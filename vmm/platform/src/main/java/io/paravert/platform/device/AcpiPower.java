package io.paravert.platform.device;

import io.paravert.device.Device;
import io.paravert.device.DeviceSite;
import io.paravert.device.InlineAccessHandler;
import io.paravert.virtio.mmio.InterruptPin;
import java.util.function.LongSupplier;

/**
 * ACPI's fixed hardware (ACPI 6.4, 4.8.3): PM1 event and control registers with the power button, the PM timer, and the reset
 * register. ACPI mode is always on.
 */
public final class AcpiPower implements Device {
    /** PM1a event block; the control block and the timer follow. */
    public static final int EVENT_PORT = 0x600;

    public static final int CONTROL_PORT = EVENT_PORT + 4;
    public static final int TIMER_PORT = EVENT_PORT + 8;
    public static final int RESET_PORT = 0xcf9;
    /** What the reset register takes as a reset. */
    public static final int RESET_VALUE = 6;
    /** Interrupt of power events. */
    public static final int GSI = 9;
    /** Sleep type of S5 in PM1_CNT. */
    public static final int SLEEP_OFF = 5;

    private static final int BLOCK_BYTES = 12;
    private static final int STATUS_TIMER = 1;
    private static final int STATUS_BUTTON = 1 << 8;
    /** Global lock, power button, sleep button, real-time clock. */
    private static final int STATUS_BITS = 0x8731;

    private static final int CONTROL_SCI = 1;
    private static final int SLEEP_ENABLE = 1 << 13;
    private static final int SLEEP_SHIFT = 10;
    private static final long TIMER_HERTZ = 3_579_545;
    private static final long NANOS = 1_000_000_000;

    private final InterruptPin pin;
    private final PowerSwitch power;
    private final LongSupplier nanos;
    private int status;
    private int enabled;
    private int control = CONTROL_SCI;

    /** @param nanos a steady clock, ns */
    public AcpiPower(InterruptPin pin, PowerSwitch power, LongSupplier nanos) {
        this.pin = pin;
        this.power = power;
        this.nanos = nanos;
    }

    @Override
    public void attach(DeviceSite site) {
        site.claimPorts(EVENT_PORT, BLOCK_BYTES, new Registers());
    }

    /** The reset register; on a PC it lies amid the ports of the PCI host bridge, which passes it on. */
    public InlineAccessHandler resetRegister() {
        return new ResetRegister();
    }

    /** Presses the power button: a kernel that listens shuts down. Any thread; false if it does not listen. */
    public synchronized boolean pressButton() {
        status |= STATUS_BUTTON;
        update();
        return (enabled & STATUS_BUTTON) != 0;
    }

    private void update() {
        pin.set((status & enabled) != 0);
    }

    private int timer() {
        long now = nanos.getAsLong();
        return (int) (now / NANOS * TIMER_HERTZ + now % NANOS * TIMER_HERTZ / NANOS);
    }

    /** The registers as bytes in a row: each is read and written by any width. */
    private final class Registers implements InlineAccessHandler {
        @Override
        public long read(int vcpu, long offset, int size) {
            long block = offset >= TIMER_PORT - EVENT_PORT ? Integer.toUnsignedLong(timer()) : registers();
            return block >>> (offset & (offset >= 8 ? 3 : 7)) * Byte.SIZE;
        }

        private long registers() {
            synchronized (AcpiPower.this) {
                return status | (long) enabled << 16 | (long) control << 32;
            }
        }

        @Override
        public void write(int vcpu, long offset, int size, long value) {
            boolean off = false;
            synchronized (AcpiPower.this) {
                for (int i = 0; i < size; i++) {
                    off |= writeByte((int) offset + i, (int) (value >>> i * Byte.SIZE) & 0xff);
                }
                update();
            }
            if (off) {
                power.powerOff();
            }
        }

        /** True if the guest goes to sleep for good. */
        private boolean writeByte(int offset, int value) {
            int shift = (offset & 1) * Byte.SIZE;
            switch (offset) {
                case 0, 1 -> status &= ~(value << shift & STATUS_BITS);
                case 2, 3 -> enabled = enabled & ~(0xff << shift) | value << shift & (STATUS_BITS & ~STATUS_TIMER);
                case 4, 5 -> {
                    control = (control & ~(0xff << shift) | value << shift) & ~SLEEP_ENABLE | CONTROL_SCI;
                    boolean sleeps = (value << shift & SLEEP_ENABLE) != 0;
                    return sleeps && (control >> SLEEP_SHIFT & 7) == SLEEP_OFF;
                }
                default -> {
                    // The timer is read-only.
                }
            }
            return false;
        }
    }

    /** Bit 2, reset, counts; bit 1 says how hard. */
    private final class ResetRegister implements InlineAccessHandler {
        @Override
        public long read(int vcpu, long offset, int size) {
            return 0;
        }

        @Override
        public void write(int vcpu, long offset, int size, long value) {
            if ((value & 4) != 0) {
                power.reset();
            }
        }
    }
}
