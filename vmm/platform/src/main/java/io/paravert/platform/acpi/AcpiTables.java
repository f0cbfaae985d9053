package io.paravert.platform.acpi;

import io.paravert.platform.boot.Firmware;
import io.paravert.platform.device.AcpiPower;
import io.paravert.vmm.BootFacts;
import io.paravert.vmm.memory.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes RSDP, XSDT, FADT, FACS, MADT and DSDT (ACPI 6.4, 5.2) below 1 MiB, where a PC's firmware has them and the memory map
 * says reserved.
 *
 * <pre>
 *   0xe0000  RSDP
 *   0xe0040  FACS
 *   0xe0080  DSDT, FADT, MADT, XSDT, each at a multiple of 16
 * </pre>
 */
public final class AcpiTables implements Firmware {
    private static final long RSDP = 0xe0000;
    private static final long FACS = RSDP + 0x40;
    private static final long TABLES = RSDP + 0x80;
    private static final long END = 0x10_0000;

    private static final int HEADER = 36;
    private static final int LENGTH_AT = 4;
    private static final int CHECKSUM_AT = 9;
    private static final int FADT_BYTES = 276;
    private static final int FACS_BYTES = 64;
    private static final int RSDP_BYTES = 36;
    private static final int RSDP_FIRST_PART = 20;

    /** WBINVD works, C1 on all processors, no sleep button, 32-bit PM timer, reset register. */
    private static final int FADT_FLAGS = 1 | 1 << 2 | 1 << 5 | 1 << 8 | 1 << 10;
    /** ISA devices; neither an i8042 with a keyboard nor VGA. */
    private static final int BOOT_ARCHITECTURE = 1 | 1 << 2;

    private static final int IO_SPACE = 1;
    private static final int LOCAL_APIC = 0xfee0_0000;
    private static final int IO_APIC = 0xfec0_0000;
    /** Active high, level. */
    private static final short LEVEL_HIGH = 0xd;

    private final PlatformFacts facts;

    public AcpiTables(PlatformFacts facts) {
        this.facts = facts;
    }

    @Override
    public long write(GuestMemory memory, BootFacts boot) {
        memory.write(FACS, facs(), 0, FACS_BYTES);
        Placement placement = new Placement(memory);
        long dsdt = placement.put(table("DSDT", 2, Dsdt.body(facts)));
        long fadt = placement.put(fadt(dsdt));
        long madt = placement.put(madt(boot.vcpus()));
        long xsdt = placement.put(table("XSDT", 1, pointers(fadt, madt)));
        memory.write(RSDP, rsdp(xsdt), 0, RSDP_BYTES);
        return RSDP;
    }

    /** Tables one behind another. */
    private static final class Placement {
        private final GuestMemory memory;
        private long next = TABLES;

        Placement(GuestMemory memory) {
            this.memory = memory;
        }

        long put(byte[] table) {
            long at = next;
            next = at + table.length + 15 & ~15;
            if (next > END) {
                throw new IllegalStateException(
                        "the ACPI tables need " + (next - RSDP) + " bytes: attach fewer devices");
            }
            memory.write(at, table, 0, table.length);
            return at;
        }
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] pointers(long first, long second) {
        byte[] bytes = new byte[2 * Long.BYTES];
        little(bytes).putLong(first).putLong(second);
        return bytes;
    }

    /** A table with its header (5.2.6). */
    private static byte[] table(String signature, int revision, byte[] body) {
        byte[] bytes = new byte[HEADER + body.length];
        ByteBuffer table = little(bytes);
        table.put(ascii(signature)).putInt(bytes.length).put((byte) revision).put((byte) 0);
        table.put(ascii("PVERT "))
                .put(ascii("PARAVERT"))
                .putInt(1)
                .put(ascii("PVRT"))
                .putInt(1);
        table.put(body);
        return summed(bytes, 0, bytes.length, CHECKSUM_AT);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Makes the bytes of a range sum up to zero. */
    private static byte[] summed(byte[] table, int from, int length, int at) {
        int sum = 0;
        for (byte each : Arrays.copyOfRange(table, from, from + length)) {
            sum += each;
        }
        table[at] -= (byte) sum;
        return table;
    }

    private static byte[] facs() {
        byte[] bytes = new byte[FACS_BYTES];
        ByteBuffer facs = little(bytes);
        facs.put(ascii("FACS")).putInt(LENGTH_AT, FACS_BYTES).put(32, (byte) 2);
        return bytes;
    }

    private static byte[] fadt(long dsdt) {
        byte[] bytes = new byte[FADT_BYTES];
        ByteBuffer fadt = little(bytes);
        fadt.putInt(36, (int) FACS).putInt(40, (int) dsdt);
        fadt.putShort(46, (short) AcpiPower.GSI);
        fadt.putInt(56, AcpiPower.EVENT_PORT).putInt(64, AcpiPower.CONTROL_PORT).putInt(76, AcpiPower.TIMER_PORT);
        fadt.put(88, (byte) 4).put(89, (byte) 2).put(91, (byte) 4);
        // C2 and C3 are not had: their latencies say so.
        fadt.putShort(96, (short) 0xffff).putShort(98, (short) 0xffff);
        // Byte of the century in the clock's memory.
        fadt.put(108, (byte) 0x32);
        fadt.putShort(109, (short) BOOT_ARCHITECTURE).putInt(112, FADT_FLAGS);
        putAddress(fadt, 116, 1, AcpiPower.RESET_PORT);
        fadt.put(128, (byte) AcpiPower.RESET_VALUE).put(131, (byte) 4);
        fadt.putLong(140, dsdt);
        putAddress(fadt, 148, 4, AcpiPower.EVENT_PORT);
        putAddress(fadt, 172, 2, AcpiPower.CONTROL_PORT);
        putAddress(fadt, 208, 4, AcpiPower.TIMER_PORT);
        return table("FACP", 6, Arrays.copyOfRange(bytes, HEADER, bytes.length));
    }

    /** A generic address of ports (5.2.3.2). */
    private static void putAddress(ByteBuffer table, int at, int bytes, int port) {
        int accessSize = Integer.numberOfTrailingZeros(bytes) + 1;
        table.put(at, (byte) IO_SPACE).put(at + 1, (byte) (bytes * Byte.SIZE)).put(at + 3, (byte) accessSize);
        table.putLong(at + 4, port);
    }

    /** Local APICs, the I/O APIC, and the one ISA interrupt that is not as ISA has it. */
    private static byte[] madt(int vcpus) {
        byte[] bytes = new byte[8 + vcpus * 8 + 12 + 10 + 6];
        ByteBuffer madt = little(bytes);
        madt.putInt(LOCAL_APIC).putInt(1);
        for (int i = 0; i < vcpus; i++) {
            madt.put((byte) 0).put((byte) 8).put((byte) i).put((byte) i).putInt(1);
        }
        madt.put((byte) 1)
                .put((byte) 12)
                .put((byte) 0)
                .put((byte) 0)
                .putInt(IO_APIC)
                .putInt(0);
        madt.put((byte) 2).put((byte) 10).put((byte) 0).put((byte) AcpiPower.GSI);
        madt.putInt(AcpiPower.GSI).putShort(LEVEL_HIGH);
        // LINT1 of every processor is the NMI.
        madt.put((byte) 4).put((byte) 6).put((byte) 0xff).putShort((short) 0).put((byte) 1);
        return table("APIC", 4, bytes);
    }

    private static byte[] rsdp(long xsdt) {
        byte[] bytes = new byte[RSDP_BYTES];
        ByteBuffer rsdp = little(bytes);
        rsdp.put(ascii("RSD PTR ")).put((byte) 0).put(ascii("PVERT ")).put((byte) 2);
        rsdp.putInt(20, RSDP_BYTES).putLong(24, xsdt);
        summed(bytes, 0, RSDP_FIRST_PART, 8);
        return summed(bytes, 0, RSDP_BYTES, 32);
    }
}
