package io.paravert.soft.irq;

import java.util.Arrays;

/**
 * An I/O APIC of 24 pins, version 0x20 (82093AA datasheet, with the EOI register of later ones). Any thread.
 */
public final class IoApic implements ApicBus.LevelEnd {
    public static final int PINS = 24;
    /** Where the registers appear, and how many bytes they take. */
    public static final long BASE = 0xfec0_0000L;

    public static final int WINDOW_BYTES = 0x1000;

    private static final int SELECT = 0x00;
    private static final int WINDOW = 0x10;
    private static final int EOI = 0x40;
    private static final int REDIRECTION = 0x10;
    private static final long MASKED = 1L << 16;
    private static final long LEVEL = 1L << 15;
    private static final long REMOTE_IRR = 1L << 14;
    private static final long ACTIVE_LOW = 1L << 13;
    private static final long LOGICAL = 1L << 11;
    private static final long WRITABLE = 0xff00_0000_0001_afffL;
    private static final int VERSION_VALUE = PINS - 1 << 16 | 0x20;

    private final ApicBus bus;
    private final long[] entries = new long[PINS];
    private int select;
    private int id;
    private int lines;

    public IoApic(ApicBus bus) {
        this.bus = bus;
        reset();
        bus.onLevelEnd(this);
    }

    public synchronized void reset() {
        Arrays.fill(entries, MASKED);
        select = 0;
        id = 0;
    }

    /** A 32-bit load at {@code offset} from {@link #BASE}. */
    public synchronized int read(int offset) {
        return switch (offset) {
            case SELECT -> select;
            case WINDOW -> readRegister();
            default -> 0;
        };
    }

    private int readRegister() {
        if (select < REDIRECTION) {
            return switch (select) {
                case 0, 2 -> id << 24;
                case 1 -> VERSION_VALUE;
                default -> 0;
            };
        }
        int pin = select - REDIRECTION >>> 1;
        return pin < PINS ? (int) (entries[pin] >>> (select & 1) * 32) : 0;
    }

    /** A 32-bit store. */
    public synchronized void write(int offset, int value) {
        switch (offset) {
            case SELECT -> select = value & 0xff;
            case WINDOW -> writeRegister(value);
            case EOI -> endOfInterrupt(value & 0xff);
            default -> {
                // Reserved: nothing answers.
            }
        }
    }

    private void writeRegister(int value) {
        if (select == 0) {
            id = value >>> 24 & 0xf;
        } else if (select >= REDIRECTION && select - REDIRECTION >>> 1 < PINS) {
            int pin = select - REDIRECTION >>> 1;
            long old = entries[pin];
            long half = Integer.toUnsignedLong(value);
            long whole = (select & 1) != 0 ? old & 0xffff_ffffL | half << 32 : old & ~0xffff_ffffL | half;
            long entry = whole & WRITABLE | old & REMOTE_IRR;
            if ((entry & LEVEL) == 0) {
                entry &= ~REMOTE_IRR;
            }
            entries[pin] = entry;
            if ((entry & LEVEL) != 0) {
                serve(pin);
            }
        }
    }

    /** The electrical state of a pin: true is asserted for a pin that is active high. */
    public synchronized void setLine(int pin, boolean high) {
        int bit = 1 << pin;
        boolean was = (lines & bit) != 0;
        lines = high ? lines | bit : lines & ~bit;
        boolean level = (entries[pin] & LEVEL) != 0;
        if (level || high != was && asserted(pin)) {
            serve(pin);
        }
    }

    private boolean asserted(int pin) {
        return ((lines >>> pin & 1) != 0) != ((entries[pin] & ACTIVE_LOW) != 0);
    }

    private void serve(int pin) {
        long entry = entries[pin];
        boolean level = (entry & LEVEL) != 0;
        if ((entry & MASKED) != 0 || level && (!asserted(pin) || (entry & REMOTE_IRR) != 0)) {
            return;
        }
        ApicMessage message = new ApicMessage(
                (int) (entry >>> 56) & 0xff,
                (entry & LOGICAL) != 0,
                DeliveryMode.of((int) entry),
                (int) entry & 0xff,
                level);
        if (bus.send(message) && level) {
            entries[pin] |= REMOTE_IRR;
        }
    }

    @Override
    public synchronized void endOfInterrupt(int vector) {
        for (int pin = 0; pin < PINS; pin++) {
            if ((entries[pin] & (REMOTE_IRR | LEVEL | 0xff)) == (REMOTE_IRR | LEVEL | vector)) {
                entries[pin] &= ~REMOTE_IRR;
                serve(pin);
            }
        }
    }
}
