package io.paravert.devices.fuzz;

import io.paravert.devices.block.MemoryStore;
import io.paravert.devices.block.VirtioBlock;
import io.paravert.testkit.FuzzedAccesses;
import io.paravert.testkit.TestMachine;
import io.paravert.virtio.pci.VirtioPciDevice;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;

/**
 * A virtio function's configuration space and BAR, with whatever a guest can put there: registers of any width at any place, MSI-X,
 * and, so that there is something to break, a queue that a driver has set up nearly right.
 */
public final class PciFuzz {
    private static final long BAR = 0xe001_0000L;
    private static final long COMMON = BAR;
    private static final long NOTIFY = BAR + 0x4000;
    private static final int VENDOR = 0x1af4;
    private static final int COMMAND_REGISTER = 0x04;
    private static final int MEMORY = 2;
    private static final int BAR_REGISTER = 0x10;
    private static final int MSIX_CONTROL = 0x86;
    private static final int MSIX_ENABLE = 0x8000;
    private static final int MSIX_MASK_ALL = 0x4000;

    /** Where the queue lies, and a request to read a sector. */
    private static final long QUEUE = 0x10000;

    private static final int AVAILABLE = 0x1000;
    private static final int USED = 0x2000;
    private static final int REQUEST = 0x3000;
    private static final int QUEUE_BYTES = 0x4000;

    private static final AtomicReference<VirtioPciDevice> DEVICE = new AtomicReference<>(device());
    private static final FuzzedAccesses GUEST = FuzzedAccesses.of(() -> {
                DEVICE.set(device());
                return DEVICE.get();
            })
            .also(PciFuzz::act);

    private PciFuzz() {}

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] input) {
        GUEST.run(input);
        check(DEVICE.get().function().readConfig(0, 2) == VENDOR, "the vendor id has changed");
    }

    private static VirtioPciDevice device() {
        return new VirtioPciDevice(
                new VirtioBlock(new MemoryStore(64 << 10), "fuzz"), BAR, level -> {}, 21, PciFuzz::checkMessage);
    }

    /** A message comes only from a table that is switched on. */
    private static void checkMessage(long address, int data) {
        long control = DEVICE.get().function().readConfig(MSIX_CONTROL, 2);
        check(
                (control & (MSIX_ENABLE | MSIX_MASK_ALL)) == MSIX_ENABLE,
                "a message to 0x" + Long.toHexString(address) + ", " + data + ", though MSI-X is off or masked");
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    private static void act(TestMachine machine, IntSupplier bytes) {
        switch (bytes.getAsInt() % 8) {
            case 0 -> readConfig(bytes);
            case 1 -> writeConfig(bytes);
            case 2 -> startDriver(machine, bytes);
            case 3 -> request(machine, bytes);
            case 4 -> machine.writeMmio(NOTIFY, 1 << bytes.getAsInt() % 3, bytes.getAsInt());
            case 5 -> vector(machine, bytes);
            case 6 -> machine.memory().putByte(QUEUE + word(bytes) % QUEUE_BYTES, (byte) bytes.getAsInt());
            default -> machine.writeMmio(COMMON + 0x14, 1, 0);
        }
    }

    private static int word(IntSupplier bytes) {
        return bytes.getAsInt() << 8 | bytes.getAsInt();
    }

    private static void readConfig(IntSupplier bytes) {
        int size = 1 << bytes.getAsInt() % 3;
        int at = bytes.getAsInt() & -size;
        long value = DEVICE.get().function().readConfig(at, size);
        check(value >>> size * Byte.SIZE == 0, "0x" + Long.toHexString(value) + " in " + size + " bytes at " + at);
    }

    private static void writeConfig(IntSupplier bytes) {
        int size = 1 << bytes.getAsInt() % 3;
        int at = bytes.getAsInt() & -size;
        long value = (bytes.getAsInt() & 1) == 0 ? -1 : (long) word(bytes) << 16 | word(bytes);
        DEVICE.get().function().writeConfig(at, size, value & (1L << size * Byte.SIZE) - 1);
        // Wherever the BAR has gone, here it is again.
        DEVICE.get().function().writeConfig(COMMAND_REGISTER, 2, MEMORY);
        DEVICE.get().function().writeConfig(BAR_REGISTER, 4, BAR);
        check(DEVICE.get().function().readConfig(BAR_REGISTER, 4) == BAR, "the BAR has not come back");
    }

    /** The steps of virtio 1.2, 3.1.1, less those that the input leaves out. */
    private static void startDriver(TestMachine machine, IntSupplier bytes) {
        int without = bytes.getAsInt();
        long[][] steps = {
            {0x14, 1, 0},
            {0x14, 1, 1 | 2},
            {0x08, 4, 1},
            {0x0c, 4, 1 | (bytes.getAsInt() & 1) << 2},
            {0x14, 1, 1 | 2 | 8},
            {0x16, 2, 0},
            {0x18, 2, 8},
            {0x1a, 2, bytes.getAsInt() & 3},
            {0x20, 8, QUEUE},
            {0x28, 8, QUEUE + AVAILABLE},
            {0x30, 8, QUEUE + USED},
            {0x1c, 2, 1},
            {0x14, 1, 1 | 2 | 8 | 4}
        };
        for (int i = 0; i < steps.length; i++) {
            if (i != without - 1) {
                machine.writeMmio(COMMON + steps[i][0], (int) steps[i][1], steps[i][2]);
            }
        }
    }

    private static void request(TestMachine machine, IntSupplier bytes) {
        int head = bytes.getAsInt() % 8;
        long[][] chain = {{REQUEST, 16, 1}, {REQUEST + 0x100, 512, 3}, {REQUEST + 0x800, 1, 2}};
        for (int i = 0; i < chain.length; i++) {
            long at = QUEUE + (head + i) % 8 * 16L;
            machine.memory().putLong(at, QUEUE + chain[i][0]);
            machine.memory().putInt(at + 8, (int) chain[i][1]);
            machine.memory().putInt(at + 12, (int) chain[i][2] | (head + i + 1) % 8 << 16);
        }
        int index = machine.memory().getShort(QUEUE + AVAILABLE + 2);
        machine.memory().putShort(QUEUE + AVAILABLE + 4 + (index & 7) * 2L, (short) head);
        machine.memory().putShortRelease(QUEUE + AVAILABLE + 2, (short) (index + 1));
    }

    private static void vector(TestMachine machine, IntSupplier bytes) {
        long entry = BAR + 0x8000 + bytes.getAsInt() % 2 * 16L;
        machine.writeMmio(entry, 4, 0xfee0_0000L);
        machine.writeMmio(entry + 8, 4, bytes.getAsInt());
        machine.writeMmio(entry + 12, 4, bytes.getAsInt() & 1);
        DEVICE.get().function().writeConfig(MSIX_CONTROL, 2, (long) bytes.getAsInt() << 8);
    }
}
