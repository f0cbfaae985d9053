package io.paravert.vmm.boot;

import io.paravert.abi.BootSelector;
import io.paravert.abi.Gpa;
import io.paravert.device.GuestMemoryView;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.memory.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The registers of a vCPU at its first instruction in each {@link EntryMode}, and the boot GDT and page tables that they
 * refer to (AMD APM vol. 2, 4.7, 4.8 and 5.3; Xen, docs/misc/pvh, "x86/HVM direct boot ABI").
 */
public final class EntryState {
    private static final int RBX = 3;
    private static final int RDI = 7;

    private static final long CR0_PE_ET = 1 | 1 << 4;
    /** PE, MP, ET, NE, WP, PG. */
    private static final long CR0_LONG = CR0_PE_ET | 1 << 1 | 1 << 5 | 1 << 16 | 1L << 31;
    /** PAE, OSFXSR, OSXMMEXCPT. */
    private static final long CR4_LONG = 1 << 5 | 1 << 9 | 1 << 10;
    /** SCE, LME, LMA, NXE. */
    private static final long EFER_LONG = 1 | 1 << 8 | 1 << 10 | 1 << 11;

    private static final int FLAT_LIMIT = -1;
    private static final int REAL_LIMIT = 0xffff;
    /** Type 11 (code, execute and read, accessed), S, P. */
    private static final int CODE = 0x9b;
    /** Type 3 (data, read and write, accessed), S, P. */
    private static final int DATA = 0x93;
    /** Type 11 (TSS, busy), P. In 32-bit mode the 32-bit one, in 64-bit mode the 64-bit one. */
    private static final int BUSY_TSS = 0x8b;
    /** Type 2 (LDT), P. */
    private static final int LDT = 0x82;

    private static final int LONG_CODE = 1 << 9;
    private static final int BITS_32 = 1 << 10;
    private static final int PAGES = 1 << 11;

    /** Where the TSS lies: in the GDT's page, behind it. */
    private static final long TSS = Gpa.BOOT_GDT + 0x100;

    private static final int TSS_LIMIT = 0x67;
    private static final int TSS_IO_BITMAP_AT = 0x66;

    /** Present, writable, accessed. */
    private static final long TABLE_ENTRY = 1 | 1 << 1 | 1 << 5;
    /** As a table's, and dirty, a page of 2 MiB. */
    private static final long LARGE_PAGE = TABLE_ENTRY | 1 << 6 | 1 << 7;

    private static final int MAPPED_GIB = 4;

    private EntryState() {}

    /** The state of a vCPU that starts at {@code entry}; addresses as the ABI's defaults have them. */
    public static CpuState of(EntryMode mode, long entry) {
        CpuState state = new CpuState();
        state.rip = entry;
        state.idtLimit = mode == EntryMode.REAL ? 0x3ff : 0;
        switch (mode) {
            case REAL -> setReal(state);
            case PROTECTED, PVH -> setProtected(state);
            case LONG -> setLong(state);
        }
        state.general[mode == EntryMode.PVH ? RBX : RDI] = mode == EntryMode.PVH ? Gpa.PVH_START_INFO : Gpa.BOOT_INFO;
        return state;
    }

    private static void setReal(CpuState state) {
        state.cr0 = 1 << 4;
        for (CpuState.Segment segment : state.segments) {
            segment.set(0, 0, REAL_LIMIT, DATA);
        }
        state.segments[CpuState.CS].set(0, 0, REAL_LIMIT, CODE);
        state.tr.set(0, 0, REAL_LIMIT, BUSY_TSS);
        state.ldt.set(0, 0, REAL_LIMIT, LDT);
    }

    private static void setProtected(CpuState state) {
        state.cr0 = CR0_PE_ET;
        setFlat(state, BootSelector.CODE32, CODE | BITS_32 | PAGES);
        state.tr.set(BootSelector.TSS, 0, TSS_LIMIT, BUSY_TSS);
    }

    private static void setLong(CpuState state) {
        state.cr0 = CR0_LONG;
        state.cr3 = Gpa.BOOT_PAGE_TABLES;
        state.cr4 = CR4_LONG;
        state.efer = EFER_LONG;
        setFlat(state, BootSelector.CODE64, CODE | LONG_CODE | PAGES);
        state.tr.set(BootSelector.TSS, TSS, TSS_LIMIT, BUSY_TSS);
    }

    private static void setFlat(CpuState state, int code, int codeAttributes) {
        for (CpuState.Segment segment : state.segments) {
            segment.set(BootSelector.DATA, 0, FLAT_LIMIT, DATA | BITS_32 | PAGES);
        }
        state.segments[CpuState.CS].set(code, 0, FLAT_LIMIT, codeAttributes);
        state.ldt.set(0, 0, 0, LDT | CpuState.Segment.UNUSABLE);
        state.gdtBase = Gpa.BOOT_GDT;
        state.gdtLimit = BootSelector.LIMIT;
    }

    /** Writes the boot GDT, its TSS, and page tables that map 0 to 4 GiB onto itself. */
    public static void writeTables(GuestMemoryView memory) {
        memory.putLong(Gpa.BOOT_GDT + BootSelector.CODE32, descriptor(0, 0xfffff, CODE | BITS_32 | PAGES));
        memory.putLong(Gpa.BOOT_GDT + BootSelector.CODE64, descriptor(0, 0xfffff, CODE | LONG_CODE | PAGES));
        memory.putLong(Gpa.BOOT_GDT + BootSelector.DATA, descriptor(0, 0xfffff, DATA | BITS_32 | PAGES));
        memory.putLong(Gpa.BOOT_GDT + BootSelector.TSS, descriptor(TSS, TSS_LIMIT, BUSY_TSS));
        // The I/O bitmap begins past the limit: there is none.
        memory.putShort(TSS + TSS_IO_BITMAP_AT, (short) (TSS_LIMIT + 1));
        writePageTables(memory);
    }

    private static void writePageTables(GuestMemoryView memory) {
        long page = GuestMemory.PAGE;
        long pointers = Gpa.BOOT_PAGE_TABLES + page;
        long directories = pointers + page;
        memory.putLong(Gpa.BOOT_PAGE_TABLES, pointers | TABLE_ENTRY);
        int entries = MAPPED_GIB * 512;
        ByteBuffer all = ByteBuffer.allocate(entries * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < MAPPED_GIB; i++) {
            memory.putLong(pointers + (long) i * Long.BYTES, directories + i * page | TABLE_ENTRY);
        }
        for (int i = 0; i < entries; i++) {
            all.putLong((long) i << 21 | LARGE_PAGE);
        }
        memory.write(directories, all.array(), 0, all.capacity());
    }

    /**
     * A segment descriptor as it lies in memory (AMD APM vol. 2, 4.7.1).
     *
     * @param limit 20 bits, in bytes or pages as the attributes say
     */
    private static long descriptor(long base, long limit, int attributes) {
        long access = attributes & 0xff;
        long flags = attributes >> 8 & 0xf;
        return limit & 0xffff
                | (base & 0xff_ffff) << 16
                | access << 40
                | (limit >> 16 & 0xf) << 48
                | flags << 52
                | (base >> 24 & 0xff) << 56;
    }
}
