package io.paravert.lab.sensitive;

import io.paravert.isa.CodeSize;
import io.paravert.isa.asm.Assembler;
import io.paravert.isa.asm.Label;
import io.paravert.memory.HostMapping;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.CpuState;

/**
 * The memory and first state of a guest that tries one instruction at one privilege level, in 64-bit mode. Each gate of its IDT
 * leads to a HLT of its own at level 0; an undefined instruction behind the one that is tried ends it.
 *
 * <pre>
 *   0x1000 PML4   0x2000 PDPT   0x3000 directory, one page of 2 MiB open to all levels
 *   0x4000 GDT    0x5000 IDT    0x6000 TSS    0x7000 scratch    0x8000 handlers    0x10000 code    stacks below 0xa000, 0xc000
 * </pre>
 */
final class TrialGuest implements AutoCloseable {
    static final long RAM = 2 << 20;
    static final int PML4 = 0x1000;
    static final int SCRATCH = 0x7000;
    static final int GDT_POINTER = 0x7100;
    static final int IDT_POINTER = 0x7110;
    static final int FAR_POINTER = 0x7120;
    static final int SELECTOR = 0x7130;
    /** Selector of a TSS that is not busy. */
    static final int FREE_TASK = 0x60;

    static final int PORT = 0x3e0;
    static final int CR0 = 0x8005_0033;

    /** Where the instruction lies, and where control goes when it is done. */
    static final int INSTRUCTION = 0x1_0100;

    static final int AFTER = 0x1_0140;

    static final long CR4_UMIP = 1 << 11;

    private static final int PDPT = 0x2000;
    private static final int DIRECTORY = 0x3000;
    private static final int GDT = 0x4000;
    private static final int GDT_LIMIT = 0x7f;
    private static final int IDT = 0x5000;
    private static final int IDT_LIMIT = 0xfff;
    private static final int TSS = 0x6000;
    private static final int TASK = 0x50;
    private static final int HANDLERS = 0x8000;
    private static final int HANDLER_BYTES = 16;
    private static final int VECTORS = 256;
    private static final int CODE = 0x1_0000;
    private static final int STACK0 = 0xa000;
    private static final int STACK = 0xc000;
    /** PAE, OSFXSR, OSXMMEXCPT. */
    private static final long CR4 = 0x620;
    /** SCE, LME, LMA, NXE. */
    private static final long EFER = 0xd01;

    private final HostMapping ram = HostMapping.allocate(RAM);

    /** Selector of the 64-bit code segment of a level. */
    static int code(int level) {
        return 0x08 + 16 * level | level;
    }

    static int data(int level) {
        return 0x10 + 16 * level | level;
    }

    long hostAddress() {
        return ram.address();
    }

    /** Lays everything out anew. */
    void lay(SensitiveInstruction instruction, int level) {
        RawMemory.fill(ram.address(), RAM, (byte) 0);
        put(PML4, PDPT | 7);
        put(PDPT, DIRECTORY | 7);
        put(DIRECTORY, 0x87);
        for (int dpl = 0; dpl < 4; dpl++) {
            put(GDT + (code(dpl) & ~7), 0x00af9b000000ffffL | (long) dpl << 45);
            put(GDT + (data(dpl) & ~7), 0x00cf93000000ffffL | (long) dpl << 45);
        }
        put(GDT + TASK, 0x00008b0000000067L | (long) TSS << 16);
        put(GDT + FREE_TASK, 0x0000890000000067L | (long) TSS << 16);
        put(TSS + 4, STACK0);
        RawMemory.putShort(ram.address() + TSS + 0x66, (short) 0x68);
        for (int vector = 0; vector < VECTORS; vector++) {
            long handler = HANDLERS + (long) HANDLER_BYTES * vector;
            put(IDT + 16 * vector, handler & 0xffff | code(0) << 16 | 0xee00L << 32 | handler >>> 16 << 48);
            RawMemory.putByte(ram.address() + handler, (byte) 0xf4);
        }
        put(GDT_POINTER, GDT_LIMIT | (long) GDT << 16);
        put(IDT_POINTER, IDT_LIMIT | (long) IDT << 16);
        put(FAR_POINTER, AFTER | (long) code(level) << 32);
        put(SELECTOR, data(level));
        byte[] bytes = assemble(instruction);
        RawMemory.write(ram.address() + CODE, bytes, 0, bytes.length);
    }

    private static byte[] assemble(SensitiveInstruction tried) {
        Assembler a = new Assembler(CodeSize.CODE64);
        Label instruction = a.label("instruction");
        tried.prepare().accept(a);
        a.jmp(instruction);
        a.org(INSTRUCTION - CODE);
        a.bind(instruction);
        tried.instruction().accept(a);
        a.ud2();
        a.org(AFTER - CODE);
        a.ud2();
        return a.assemble(CODE);
    }

    private void put(int gpa, long value) {
        RawMemory.putLong(ram.address() + gpa, value);
    }

    /** The state in which the code begins. */
    static void enter(CpuState state, int level, boolean umip) {
        java.util.Arrays.fill(state.general, 0);
        state.rip = CODE;
        state.rflags = 2;
        state.general[4] = STACK;
        state.cr0 = CR0 & 0xffff_ffffL;
        state.cr3 = PML4;
        state.cr4 = CR4 | (umip ? CR4_UMIP : 0);
        state.efer = EFER;
        for (CpuState.Segment segment : state.segments) {
            segment.set(data(level), 0, -1, 0xc93 | level << 5);
        }
        state.segments[CpuState.CS].set(code(level), 0, -1, 0xa9b | level << 5);
        state.tr.set(TASK, TSS, 0x67, 0x8b);
        state.ldt.set(0, 0, 0, 0x82 | CpuState.Segment.UNUSABLE);
        state.gdtBase = GDT;
        state.gdtLimit = GDT_LIMIT;
        state.idtBase = IDT;
        state.idtLimit = IDT_LIMIT;
    }

    /** What the guest's end tells, given its state at a HLT. */
    Outcome judge(CpuState state) {
        long handler = state.rip - HANDLERS;
        if (handler < 0 || handler >= (long) HANDLER_BYTES * VECTORS) {
            return Outcome.EXECUTED;
        }
        int vector = (int) handler / HANDLER_BYTES;
        long frame = state.general[4] + (hasErrorCode(vector) ? 8 : 0);
        if (frame < 0 || frame > RAM - 8) {
            return Outcome.notRun("its stack pointer is lost");
        }
        long rip = RawMemory.getLong(ram.address() + frame);
        return rip == INSTRUCTION ? Outcome.trapped(vector) : Outcome.EXECUTED;
    }

    private static boolean hasErrorCode(int vector) {
        return vector == 8 || vector >= 10 && vector <= 14 || vector == 17;
    }

    @Override
    public void close() {
        ram.close();
    }
}
