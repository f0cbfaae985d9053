package io.paravert.lab.paging;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;

import io.paravert.isa.CodeSize;
import io.paravert.isa.asm.Assembler;
import io.paravert.isa.asm.Label;
import io.paravert.vmm.GuestEntry;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.memory.GuestMemory;

/**
 * The guest's memory and code: 64-bit code at CPL 0 that runs one workload for ever, in rounds between two marks. All pages are of
 * 4 KiB; a region of 16 MiB at {@link #REGION} is what workloads touch. Its tables are where the guest can write them.
 *
 * <pre>
 *   0x100000 roots of the 8 address spaces   0x110000 tables of the first 2 MiB   0x120000 GDT, IDT   0x130000 code
 *   0x140000 tables of the region, 3 pages a space   0x160000 its page tables, 8 pages for space 0, then 1 a space
 *   16 MiB   what space 0 maps               32 MiB   what the others map
 * </pre>
 */
final class PagingGuest {
    static final long RAM = 48L << 20;
    static final int BEGIN = 0x5b00;
    static final int END = 0x5b04;
    /** Rounds' lengths, in operations; small enough for a monitor that emulates each instruction. */
    private static final int COMPUTE_LOOPS = 1000;

    private static final int COMPUTES = 100;
    private static final int PAGES = 4096;
    private static final int PASSES = 4;
    private static final int CHURNED = 64;
    private static final int CHURNS = 16;
    private static final int SPACES = 8;
    private static final int SPACE_PAGES = 16;
    private static final int SWITCH_ROUNDS = 64;

    private static final long PAGE = 4096;
    private static final long REGION = 1L << 39;
    private static final long ROOTS = 0x10_0000;
    private static final long LOW = 0x11_0000;
    private static final long GDT = 0x12_0000;
    private static final long IDT = 0x12_1000;
    private static final long STACK = 0x12_f000;
    private static final long CODE = 0x13_0000;
    private static final long UPPER = 0x14_0000;
    private static final long TABLES = 0x16_0000;
    private static final long FRAMES = 16L << 20;
    private static final long OTHER_FRAMES = 32L << 20;
    /** Present, writable, accessed, dirty. */
    private static final int ENTRY = 0x63;

    private static final int CODE64 = 8;
    private static final int DATA = 16;
    private static final int PAGE_FAULT = 14;

    private final Workload workload;

    PagingGuest(Workload workload) {
        this.workload = workload;
    }

    /** Operations of one round. */
    static int operations(Workload workload) {
        return switch (workload) {
            case COMPUTE -> COMPUTES;
            case WALKS -> PASSES * PAGES;
            case CHURN, FAULTS -> CHURNS * CHURNED;
            case SWITCHES -> SWITCH_ROUNDS * SPACES;
        };
    }

    GuestEntry load(GuestMemory memory) {
        writeLowTables(memory);
        for (int space = 0; space < SPACES; space++) {
            writeSpace(memory, space);
        }
        memory.putLong(GDT + CODE64, 0x00af9b000000ffffL);
        memory.putLong(GDT + DATA, 0x00cf93000000ffffL);
        Assembler a = new Assembler(CodeSize.CODE64);
        Label handler = a.label("handler");
        program(a, handler);
        byte[] code = a.assemble(CODE);
        memory.write(CODE, code, 0, code.length);
        long entry = handler.address();
        memory.putLong(IDT + 16 * PAGE_FAULT, entry & 0xffff | CODE64 << 16 | 0x8e00L << 32 | entry >>> 16 << 48);
        memory.putLong(IDT + 16 * PAGE_FAULT + 8, entry >>> 32);
        return new GuestEntry(state(), "paging lab: " + workload.label());
    }

    private static void writeLowTables(GuestMemory memory) {
        memory.putLong(LOW, LOW + PAGE | ENTRY);
        memory.putLong(LOW + PAGE, LOW + 2 * PAGE | ENTRY);
        for (int i = 0; i < 512; i++) {
            memory.putLong(LOW + 2 * PAGE + 8L * i, i * PAGE | ENTRY);
        }
    }

    private void writeSpace(GuestMemory memory, int space) {
        long root = ROOTS + space * PAGE;
        long upper = UPPER + 3L * space * PAGE;
        memory.putLong(root, LOW | ENTRY);
        memory.putLong(root + 8, upper | ENTRY);
        memory.putLong(upper, upper + PAGE | ENTRY);
        int tables = space == 0 ? PAGES / 512 : 1;
        long first = space == 0 ? TABLES : TABLES + (PAGES / 512 + space) * PAGE;
        for (int t = 0; t < tables; t++) {
            memory.putLong(upper + PAGE + 8L * t, first + t * PAGE | ENTRY);
        }
        boolean empty = workload == Workload.CHURN || workload == Workload.FAULTS;
        int mapped = empty ? 0 : space == 0 ? PAGES : SPACE_PAGES;
        long frames = space == 0 ? FRAMES : OTHER_FRAMES + space * SPACE_PAGES * PAGE;
        for (int i = 0; i < mapped; i++) {
            memory.putLong(first + 8L * i, frames + i * PAGE | ENTRY);
        }
    }

    private static CpuState state() {
        CpuState state = new CpuState();
        for (CpuState.Segment segment : state.segments) {
            segment.set(DATA, 0, -1, 0xc93);
        }
        state.segments[CpuState.CS].set(CODE64, 0, -1, 0xa9b);
        state.tr.set(0, 0, 0x67, 0x8b);
        state.ldt.set(0, 0, 0, CpuState.Segment.UNUSABLE);
        state.gdtBase = GDT;
        state.gdtLimit = DATA + 7;
        state.idtBase = IDT;
        state.idtLimit = 0xfff;
        state.cr0 = 0x8001_0033L;
        state.cr3 = ROOTS;
        state.cr4 = 0x20;
        state.efer = 0x500;
        state.rflags = 2;
        state.general[4] = STACK;
        state.rip = CODE;
        return state;
    }

    private void program(Assembler a, Label handler) {
        Label round = a.here();
        mark(a, BEGIN);
        switch (workload) {
            case COMPUTE -> compute(a);
            case WALKS -> walks(a);
            case CHURN -> churn(a, true);
            case FAULTS -> churn(a, false);
            case SWITCHES -> switches(a);
        }
        mark(a, END);
        a.jmp(round);
        a.bind(handler);
        mapFaultingPage(a);
    }

    private static void mark(Assembler a, int port) {
        a.mov(EDX, port);
        a.out(DX, EAX);
    }

    private static void compute(Assembler a) {
        a.mov(EBP, COMPUTES);
        Label again = a.here();
        a.mov(ECX, COMPUTE_LOOPS);
        Label top = a.here();
        a.imul(RAX, RCX);
        a.add(RAX, RBP);
        a.dec(ECX);
        a.jnz(top);
        a.mov(RDI, REGION);
        a.mov(qword(RDI), RAX);
        a.dec(EBP);
        a.jnz(again);
    }

    private static void walks(Assembler a) {
        a.mov(EBP, PASSES);
        Label again = a.here();
        a.mov(RDI, REGION);
        a.mov(ECX, PAGES);
        Label top = a.here();
        a.add(RAX, qword(RDI));
        a.add(RDI, PAGE);
        a.dec(ECX);
        a.jnz(top);
        a.dec(EBP);
        a.jnz(again);
    }

    /** @param mapsFirst false if the page-fault handler is to map */
    private static void churn(Assembler a, boolean mapsFirst) {
        a.mov(EBP, CHURNS);
        Label again = a.here();
        a.mov(RDI, REGION);
        a.mov(EBX, TABLES);
        a.mov(ESI, FRAMES | ENTRY);
        a.mov(ECX, CHURNED);
        Label top = a.here();
        if (mapsFirst) {
            a.mov(qword(RBX), RSI);
        }
        a.mov(qword(RDI), RAX);
        a.mov(qword(RBX), 0);
        a.invlpg(byte_(RDI));
        a.add(RSI, PAGE);
        a.add(RBX, 8);
        a.add(RDI, PAGE);
        a.dec(ECX);
        a.jnz(top);
        a.dec(EBP);
        a.jnz(again);
    }

    private static void mapFaultingPage(Assembler a) {
        a.push(RAX);
        a.push(RDX);
        a.mov(RAX, CR2);
        a.shr(RAX, 12);
        a.and(EAX, 511);
        a.mov(EDX, EAX);
        a.shl(RDX, 12);
        a.add(RDX, FRAMES | ENTRY);
        a.shl(RAX, 3);
        a.mov(qword(RAX, TABLES), RDX);
        a.pop(RDX);
        a.pop(RAX);
        a.add(RSP, 8);
        a.iretq();
    }

    private static void switches(Assembler a) {
        a.mov(EBP, SWITCH_ROUNDS);
        Label again = a.here();
        a.mov(EBX, ROOTS);
        Label next = a.here();
        a.mov(CR3, RBX);
        a.mov(RDI, REGION);
        a.mov(ECX, SPACE_PAGES);
        Label top = a.here();
        a.add(RAX, qword(RDI));
        a.add(RDI, PAGE);
        a.dec(ECX);
        a.jnz(top);
        a.add(EBX, PAGE);
        a.cmp(EBX, ROOTS + SPACES * PAGE);
        a.jb(next);
        a.dec(EBP);
        a.jnz(again);
    }
}
