package io.paravert.soft.directed;

import static io.paravert.soft.SoftGuest.CODE;
import static io.paravert.soft.SoftGuest.GDT;
import static io.paravert.soft.SoftGuest.HANDLERS;
import static io.paravert.soft.SoftGuest.IDT;
import static io.paravert.soft.SoftGuest.STACK;
import static io.paravert.soft.SoftGuest.STACK0;
import static io.paravert.soft.SoftGuest.TSS;

import io.paravert.isa.CodeSize;
import io.paravert.isa.asm.Assembler;
import io.paravert.soft.SoftGuest;
import io.paravert.vmm.engine.CpuState;
import java.util.Arrays;
import java.util.function.Consumer;

/** 32-bit protected mode without paging over a {@link SoftGuest}: segments of all levels, a TSS with stacks, gates that halt. */
final class ProtectedGuest implements AutoCloseable {
    static final int TASK = 0x48;
    /** First descriptor of a test's own, and the second. */
    static final int FREE = 0x60;

    static final int FREE2 = 0x68;
    private static final int FLAT = 0x00cf_0000;
    private static final int STACKS_APART = 0x4000;

    final SoftGuest guest;

    ProtectedGuest(Runner runner) {
        guest = runner.guest();
        reset();
    }

    static int code(int level) {
        return 0x08 + 0x10 * level | level;
    }

    static int data(int level) {
        return 0x10 + 0x10 * level | level;
    }

    /** Top of the stack that the TSS names for a level. */
    static long stack(int level) {
        return STACK0 - (long) STACKS_APART * level;
    }

    /** Tables and state anew; level 0. */
    void reset() {
        for (int level = 0; level < 4; level++) {
            describe(code(level), 0, 0xfffff, 0x9b | level << 5, 0xc);
            describe(data(level), 0, 0xfffff, 0x93 | level << 5, 0xc);
        }
        describe(TASK, TSS, 0x67, 0x8b, 0);
        for (int offset = 0; offset < 0x68; offset += 4) {
            guest.put32(TSS + offset, 0);
        }
        for (int level = 0; level < 3; level++) {
            guest.put32(TSS + 4 + 8 * level, (int) stack(level));
            guest.put32(TSS + 8 + 8 * level, data(level));
        }
        for (int vector = 0; vector < 256; vector++) {
            gate(vector, code(0), HANDLERS + 16 * vector, 0x8e);
        }
    }

    /** @param flags G, D/B, L, AVL as a number of four bits */
    void describe(int selector, long base, int limit, int access, int flags) {
        long low = limit & 0xffff | (base & 0xff_ffff) << 16;
        long high = access & 0xff | (limit >>> 16 & 0xf) << 8 | (long) flags << 12 | (base >>> 24 & 0xff) << 16;
        guest.put64(GDT + (selector & ~7), low | high << 40);
    }

    /** A call gate's descriptor in the GDT. */
    void callGate(int selector, int target, long offset, int access, int parameters) {
        guest.put64(
                GDT + (selector & ~7),
                offset & 0xffff | (long) target << 16 | (long) (access << 8 | parameters) << 32 | offset >>> 16 << 48);
    }

    void gate(int vector, int selector, long offset, int access) {
        guest.put64(
                IDT + 8L * vector, offset & 0xffff | (long) selector << 16 | (long) access << 40 | offset >>> 16 << 48);
    }

    int access(int selector) {
        return guest.get32(GDT + (selector & ~7) + 4) >>> 8 & 0xff;
    }

    /** About to run at CODE in a level. */
    CpuState enter(int level) {
        CpuState state = guest.state;
        SoftGuest.setLongMode(state);
        Arrays.fill(state.general, 0);
        state.efer = 0;
        state.cr0 = 0x11;
        state.cr3 = 0;
        state.cr4 = 0x600;
        state.general[4] = STACK;
        for (CpuState.Segment segment : state.segments) {
            segment.set(data(level), 0, -1, 0xc93 | level << 5);
        }
        state.segments[CpuState.CS].set(code(level), 0, -1, 0xc9b | level << 5);
        state.tr.set(TASK, TSS, 0x67, 0x8b);
        state.idtLimit = 0x7ff;
        return state;
    }

    ProtectedGuest code(Consumer<Assembler> source) {
        guest.code(CodeSize.CODE32, CODE, source);
        guest.machine.writeObserver().orElseThrow().written(CODE, 4096);
        return this;
    }

    /** Runs; the exception whose handler halted, or -1. */
    int run() {
        guest.load();
        guest.run();
        return guest.vector();
    }

    /** What lies on the stack, by words of 32 bits from its top. */
    int pushed(int index) {
        return guest.get32((guest.state.general[4] & 0xffff_ffffL) + 4L * index);
    }

    @Override
    public void close() {
        guest.close();
    }
}
