package io.paravert.guest;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.abi.BootSelector;
import io.paravert.isa.asm.Label;

/**
 * The way from Xen's PVH entry (32-bit protected mode, paging off) to a program's 64-bit entry, for monitors that know only
 * that: page tables of 4 GiB, long mode, the state that Paravert's own 64-bit entry has.
 */
final class PvhEntry {
    private static final int GIB_MAPPED = 4;
    private static final int TABLE_FLAGS = 3;
    private static final int LARGE_PAGE_FLAGS = 0x83;
    private static final int LARGE_PAGE_BYTES = 1 << 21;

    /** PAE, OSFXSR, OSXMMEXCPT. */
    private static final int CR4_BITS = 1 << 5 | 1 << 9 | 1 << 10;

    private static final int EFER_MSR = 0xc000_0080;
    /** SCE, LME, NXE. */
    private static final int EFER_BITS = 1 | 1 << 8 | 1 << 11;
    /** PE, MP, ET, NE, WP, PG. */
    private static final int CR0_BITS = 1 << 31 | 1 << 16 | 1 << 5 | 1 << 4 | 1 << 1 | 1;

    private PvhEntry() {}

    /** Lays it down here; returns its address. */
    static Label emit(PvAssembler asm, Label entry64) {
        int table = PageTables.TABLE_BYTES;
        Label tables = asm.reserve("PVH page tables", (2 + GIB_MAPPED) * table, table);
        Label gdt = asm.data("PVH GDT", Long.BYTES, () -> gdtImage(asm));
        Label gdtRegister = asm.data("PVH GDT register", Long.BYTES, () -> {
            asm.dw(BootSelector.DATA + Long.BYTES - 1);
            asm.dd(gdt, 0);
        });
        Label far = asm.data("PVH far pointer", Long.BYTES, () -> {
            asm.dd(entry64, 0);
            asm.dw(BootSelector.CODE64);
        });
        asm.code32();
        Label entry = asm.here("PVH entry");
        asm.cld();
        fillTables(asm, tables);
        asm.mov(EAX, CR4_BITS);
        asm.mov(CR4, EAX);
        asm.mov(EAX, tables);
        asm.mov(CR3, EAX);
        asm.mov(ECX, EFER_MSR);
        asm.mov(EAX, EFER_BITS);
        asm.xor(EDX, EDX);
        asm.wrmsr();
        asm.lgdt(at(gdtRegister));
        asm.mov(EAX, CR0_BITS);
        asm.mov(CR0, EAX);
        asm.mov(EAX, BootSelector.DATA);
        asm.mov(DS, AX);
        asm.mov(ES, AX);
        asm.mov(SS, AX);
        asm.jmp_far(fwordAt(far));
        asm.code64();
        return entry;
    }

    private static void gdtImage(PvAssembler asm) {
        asm.dq(Descriptors.NULL, Descriptors.code32(0), Descriptors.code64(0), Descriptors.data(0));
    }

    private static void fillTables(PvAssembler asm, Label tables) {
        int table = PageTables.TABLE_BYTES;
        asm.mov(EDI, tables);
        asm.lea(EAX, mem(EDI, table + TABLE_FLAGS));
        asm.mov(dword(EDI), EAX);
        for (int g = 0; g < GIB_MAPPED; g++) {
            asm.add(EAX, table);
            asm.mov(dword(EDI, table + g * Long.BYTES), EAX);
        }
        Label next = asm.label();
        asm.add(EDI, 2 * table);
        asm.mov(EAX, LARGE_PAGE_FLAGS);
        asm.mov(ECX, GIB_MAPPED * table / Long.BYTES);
        asm.bind(next);
        asm.mov(dword(EDI), EAX);
        asm.add(EDI, Long.BYTES);
        asm.add(EAX, LARGE_PAGE_BYTES);
        asm.dec(ECX);
        asm.jnz(next);
    }
}
