package io.paravert.platform.pci;

import io.paravert.device.Device;
import io.paravert.device.DeviceSite;
import io.paravert.device.InlineAccessHandler;
import io.paravert.virtio.pci.PciFunction;
import java.util.ArrayList;
import java.util.List;

/**
 * The PCI host bridge with configuration mechanism 1 (PCI Local Bus 3.0, 3.2.2.3.2): an address at 0xcf8, data at 0xcfc. One
 * bus, one function a slot; the bridge itself is slot 0. The byte at 0xcf9 is not the address register's but the machine's
 * reset register, which lies there on every PC.
 */
public final class PciHost implements Device, InlineAccessHandler {
    /** Slots for functions beside the bridge. */
    public static final int SLOTS = 31;

    /** Where functions have their memory: above RAM, below the monitor's own devices. */
    public static final long WINDOW = 0xe000_0000L;

    public static final long WINDOW_END = 0xf000_0000L;

    private static final int FIRST_GSI = 20;
    private static final int LINES = 4;

    private static final int ADDRESS_PORT = 0xcf8;
    private static final int PORTS = 8;
    private static final int DATA_OFFSET = 4;
    private static final int RESET_OFFSET = 1;
    private static final int ENABLE = 1 << 31;
    /** Bits 30-24 and 1-0 are reserved. */
    private static final int ADDRESS_BITS = 0x80ff_fffc;
    /** Intel's 82441FX, which every kernel knows as a bridge to take as it is; class 6, bridge to the host. */
    private static final int BRIDGE_ID = 0x1237_8086;

    private static final int CLASS_HOST_BRIDGE = 0x0600_0002;
    private static final int CLASS_WORD = 8;

    private final InlineAccessHandler reset;
    private final List<PciFunction> functions = new ArrayList<>();
    private int address;

    /** @param reset the reset register, at offset 0 */
    public PciHost(InlineAccessHandler reset) {
        this.reset = reset;
    }

    /** Interrupt line of a pin (0 is INTA) of a slot: slots share four inputs of the I/O APIC. */
    public static int gsi(int slot, int pin) {
        return FIRST_GSI + (slot + pin) % LINES;
    }

    /** The slot of the function that is added next. */
    public int nextSlot() {
        return functions.size() + 1;
    }

    /** Puts a function in the next slot; before the machine starts. */
    public void add(PciFunction function) {
        if (functions.size() == SLOTS) {
            throw new IllegalStateException("all " + SLOTS + " PCI slots are taken");
        }
        functions.add(function);
    }

    @Override
    public void attach(DeviceSite site) {
        site.claimPorts(ADDRESS_PORT, PORTS, this);
    }

    @Override
    public long read(int vcpu, long offset, int size) {
        if (offset < DATA_OFFSET) {
            return offset == RESET_OFFSET && size == 1 ? reset.read(vcpu, 0, 1) : address() >>> offset * Byte.SIZE;
        }
        int at = address();
        int inWord = (int) offset - DATA_OFFSET;
        int register = (at & 0xfc) + inWord;
        if ((at & ENABLE) == 0 || inWord % size != 0) {
            return -1;
        }
        int slot = slot(at);
        if (slot == 0) {
            return bridgeWord(at & 0xfc) >>> inWord * Byte.SIZE;
        }
        return slot > 0 && slot <= functions.size() ? functions.get(slot - 1).readConfig(register, size) : -1;
    }

    private synchronized int address() {
        return address;
    }

    /** The slot on bus 0, function 0; -1 for all other functions. */
    private static int slot(int address) {
        return (address & 0xff_0700) == 0 ? address >> 11 & 0x1f : -1;
    }

    private static long bridgeWord(int register) {
        return switch (register) {
            case 0 -> BRIDGE_ID;
            case CLASS_WORD -> CLASS_HOST_BRIDGE;
            default -> 0;
        };
    }

    @Override
    public void write(int vcpu, long offset, int size, long value) {
        if (offset == RESET_OFFSET && size == 1) {
            reset.write(vcpu, 0, 1, value);
        } else if (offset == 0 && size == 4) {
            synchronized (this) {
                address = (int) value & ADDRESS_BITS;
            }
        } else if (offset >= DATA_OFFSET) {
            writeData((int) offset - DATA_OFFSET, size, value);
        }
    }

    private void writeData(int inWord, int size, long value) {
        int at = address();
        int slot = slot(at);
        if ((at & ENABLE) != 0 && inWord % size == 0 && slot > 0 && slot <= functions.size()) {
            functions.get(slot - 1).writeConfig((at & 0xfc) + inWord, size, value);
        }
    }
}
