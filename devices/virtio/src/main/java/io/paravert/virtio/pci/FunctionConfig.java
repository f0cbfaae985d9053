package io.paravert.virtio.pci;

import io.paravert.virtio.VirtioDevice;

/**
 * The configuration space of a virtio function, and where its BAR lies: at first where the machine has put it, and decoded, as
 * firmware leaves it. While decoding is off, or where the place is not free, the function is out of reach. Any thread.
 */
final class FunctionConfig implements PciFunction {
    private static final int COMMAND_BITS = 0x0407;
    private static final int HAS_CAPABILITIES = 1 << 4;
    private static final int VENDOR_CAPABILITY = 0x09;
    private static final int MSIX_CAPABILITY = 0x11;
    private static final int COMMON = 1;
    private static final int NOTIFY = 2;
    private static final int ISR = 3;
    private static final int DEVICE = 4;
    private static final int ACCESS = 5;
    private static final int SUBSYSTEM_ID = 0x1100;

    private static final int NET = 1;
    private static final int BLOCK = 2;
    private static final int CONSOLE = 3;

    /** COMMAND: the function answers at its BAR. */
    private static final int MEMORY = 1 << 1;
    /** Beside the BAR's first address it makes a place that no guest looks at. */
    private static final long OUT_OF_REACH = 1L << 51;

    private final byte[] bytes = new byte[PciLayout.CONFIG_BYTES];
    private final MsixTable msix;
    private final ConfigAccess access = new ConfigAccess();
    private final long parked;
    private int bar;
    private long place;
    private BarMove move = (from, to) -> false;

    /** Takes the registers behind the BAR from one place to another; false if that is not free. */
    @FunctionalInterface
    interface BarMove {
        boolean move(long from, long to);
    }

    /** @param window GPA of the BAR, below 4 GiB */
    FunctionConfig(VirtioDevice device, long window, int gsi, MsixTable msix) {
        this.msix = msix;
        this.bar = (int) window;
        this.place = window;
        this.parked = OUT_OF_REACH | window;
        put(PciLayout.COMMAND, 2, MEMORY);
        put(0, 2, PciLayout.VENDOR);
        put(2, 2, PciLayout.FIRST_DEVICE + device.type());
        put(PciLayout.STATUS, 2, HAS_CAPABILITIES);
        put(PciLayout.REVISION, 1, 1);
        put(PciLayout.CLASS, 3, classCode(device.type()));
        put(PciLayout.SUBSYSTEM_VENDOR, 2, PciLayout.VENDOR);
        put(PciLayout.SUBSYSTEM, 2, SUBSYSTEM_ID);
        put(PciLayout.CAPABILITIES, 1, PciLayout.COMMON_CAP);
        put(PciLayout.INTERRUPT_LINE, 1, gsi);
        put(PciLayout.INTERRUPT_PIN, 1, 1);
        capability(PciLayout.COMMON_CAP, PciLayout.ISR_CAP, COMMON, PciLayout.COMMON_AT, PciLayout.COMMON_BYTES);
        capability(PciLayout.ISR_CAP, PciLayout.DEVICE_CAP, ISR, PciLayout.ISR_AT, 1);
        capability(PciLayout.DEVICE_CAP, PciLayout.NOTIFY_CAP, DEVICE, PciLayout.DEVICE_AT, PciLayout.DEVICE_BYTES);
        capability(PciLayout.NOTIFY_CAP, PciLayout.MSIX_CAP, NOTIFY, PciLayout.NOTIFY_AT, PciLayout.NOTIFY_BYTES);
        put(PciLayout.NOTIFY_CAP + 2, 1, 20);
        put(PciLayout.NOTIFY_CAP + 16, 4, PciLayout.NOTIFY_MULTIPLIER);
        put(PciLayout.MSIX_CAP, 2, MSIX_CAPABILITY | PciLayout.ACCESS_CAP << Byte.SIZE);
        put(PciLayout.MSIX_CAP + 4, 4, PciLayout.MSIX_TABLE_AT);
        put(PciLayout.MSIX_CAP + 8, 4, PciLayout.MSIX_PENDING_AT);
        capability(PciLayout.ACCESS_CAP, 0, ACCESS, 0, 0);
        put(PciLayout.ACCESS_CAP + 2, 1, ConfigAccess.BYTES);
    }

    /** The way to the registers that does not lead over memory. */
    ConfigAccess access() {
        return access;
    }

    /** How the registers are moved, once there is a machine. */
    synchronized void onMove(BarMove how) {
        move = how;
    }

    private void settle() {
        boolean decoded = (word(PciLayout.COMMAND) & MEMORY) != 0;
        long wanted = decoded ? Integer.toUnsignedLong(bar) : parked;
        if (wanted == place || move.move(place, wanted)) {
            place = wanted;
        } else if (place != parked && move.move(place, parked)) {
            place = parked;
        }
    }

    /** Class, subclass and programming interface (PCI Code and ID Assignment). */
    private static int classCode(int type) {
        return switch (type) {
            case NET -> 0x020000;
            case BLOCK -> 0x018000;
            case CONSOLE -> 0x078000;
            default -> 0x00ff00;
        };
    }

    /** A virtio capability (virtio 1.2, 4.1.4) of 16 bytes, in BAR 0. */
    private void capability(int at, int next, int type, int offset, int length) {
        put(at, 1, VENDOR_CAPABILITY);
        put(at + 1, 1, next);
        put(at + 2, 1, 16);
        put(at + 3, 1, type);
        put(at + 8, 4, offset);
        put(at + 12, 4, length);
    }

    private void put(int at, int size, int value) {
        for (int i = 0; i < size; i++) {
            bytes[at + i] = (byte) (value >>> i * Byte.SIZE);
        }
    }

    @Override
    public long readConfig(int offset, int size) {
        int at = offset & ~3;
        long word = isAccess(at) ? access.read(at - PciLayout.ACCESS_CAP) : readWord(at);
        return word >>> (offset & 3) * Byte.SIZE & (1L << size * Byte.SIZE) - 1;
    }

    /** Behind the header of the capability, which is as any other's. */
    private static boolean isAccess(int at) {
        return at > PciLayout.ACCESS_CAP && at < PciLayout.ACCESS_CAP + ConfigAccess.BYTES;
    }

    private synchronized long readWord(int at) {
        return switch (at) {
            case PciLayout.BAR -> bar;
            case PciLayout.MSIX_CAP -> word(at) | (long) (msix.control() | msix.vectors() - 1) << 16;
            default -> word(at);
        };
    }

    private long word(int at) {
        long word = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            word |= (bytes[at + i] & 0xffL) << i * Byte.SIZE;
        }
        return word;
    }

    @Override
    public void writeConfig(int offset, int size, long value) {
        if (isAccess(offset)) {
            access.write(offset - PciLayout.ACCESS_CAP, size, value);
        } else {
            writeRegister(offset, size, value);
        }
    }

    private synchronized void writeRegister(int offset, int size, long value) {
        if (offset == PciLayout.COMMAND) {
            put(PciLayout.COMMAND, 2, (int) value & COMMAND_BITS);
            settle();
        } else if (offset == PciLayout.BAR && size == 4) {
            bar = (int) value & -PciLayout.BAR_BYTES;
            settle();
        } else if (offset == PciLayout.INTERRUPT_LINE) {
            put(PciLayout.INTERRUPT_LINE, 1, (int) value);
        } else if (offset == PciLayout.MSIX_CONTROL && size >= 2) {
            msix.setControl((int) value & 0xffff);
        } else if (offset == PciLayout.MSIX_CAP && size == 4) {
            msix.setControl((int) (value >>> 16));
        }
    }
}
