package io.paravert.soft.directed;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;
import static io.paravert.soft.SoftGuest.CODE;
import static io.paravert.soft.SoftGuest.DATA;
import static io.paravert.soft.SoftGuest.HANDLERS;
import static io.paravert.soft.SoftGuest.STACK;
import static io.paravert.soft.SoftGuest.TSS;
import static io.paravert.soft.directed.ProtectedGuest.FREE;
import static io.paravert.soft.directed.ProtectedGuest.FREE2;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.isa.CodeSize;
import io.paravert.isa.asm.Assembler;
import io.paravert.isa.asm.Label;
import io.paravert.soft.SoftGuest;
import io.paravert.vmm.engine.CpuState;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Call gates, interrupt gates, task switches and virtual-8086 mode (AMD APM vol. 2, 4.11, 8.7, 12.4 and 4.8.3), by what they leave in memory. */
class GatesAndTasksTest {
    private static final int GP = 13;
    private static final int GATED = 0x81;
    private static final long TARGET = HANDLERS + 16 * GATED;
    private static final long NEW_TSS = DATA + 0x3000;
    private static final int NT = 1 << 14;
    private static final int VM = 1 << 17;
    private static final int BUSY = 2;

    private static void farPointer(ProtectedGuest guest, long offset, int selector) {
        guest.guest.put32(DATA, (int) offset);
        guest.guest.put32(DATA + 4, selector);
    }

    /** CALL through 16- and 32-bit gates to inner levels, with each number of parameters. */
    @ParameterizedTest
    @EnumSource
    void callGatesSwitchStacksAndCopyParameters(Runner runner) {
        try (ProtectedGuest guest = new ProtectedGuest(runner)) {
            guest.code(a -> {
                a.call_far(fword(EDI));
                a.hlt();
            });
            for (int type : new int[] {4, 0xc}) {
                for (int cpl = 1; cpl < 4; cpl++) {
                    for (int parameters = 0; parameters < 32; parameters++) {
                        callThrough(guest, type, cpl, parameters);
                    }
                }
            }
        }
    }

    private static void callThrough(ProtectedGuest guest, int type, int cpl, int parameters) {
        int bytes = type == 4 ? 2 : 4;
        guest.reset();
        guest.callGate(FREE, ProtectedGuest.code(0), TARGET, 0xe0 | type, parameters);
        farPointer(guest, 0xdead_beefL, FREE | 3);
        CpuState state = guest.enter(cpl);
        long from = STACK - 0x100;
        state.general[RSP.number()] = from;
        state.general[RDI.number()] = DATA;
        for (int i = 0; i < 32; i++) {
            guest.guest.put32(from + 4L * i, 0x0101_0101 * (i + 1));
        }
        assertThat(guest.run()).as("type %x from %d", type, cpl).isEqualTo(GATED);
        long top = ProtectedGuest.stack(0);
        long esp = guest.guest.get(RSP);
        assertThat(esp).isEqualTo(top - (long) bytes * (4 + parameters));
        assertThat(stacked(guest, esp, bytes)).isEqualTo(returnAddress(bytes));
        assertThat(stacked(guest, esp + bytes, bytes) & 0xffff).isEqualTo(ProtectedGuest.code(cpl));
        for (int i = 0; i < parameters; i++) {
            assertThat(stacked(guest, esp + (2L + i) * bytes, bytes))
                    .as("parameter " + i)
                    .isEqualTo(stacked(guest, from + (long) i * bytes, bytes));
        }
        assertThat(stacked(guest, top - 2L * bytes, bytes)).isEqualTo(from & mask(bytes));
        assertThat(stacked(guest, top - bytes, bytes) & 0xffff).isEqualTo(ProtectedGuest.data(cpl));
        assertThat(guest.guest.state.segments[CpuState.CS].selector).isEqualTo(ProtectedGuest.code(0));
        assertThat(guest.guest.state.segments[CpuState.SS].selector).isEqualTo(ProtectedGuest.data(0));
    }

    private static long returnAddress(int bytes) {
        // CALL m16:32 by EDI is ff 1f.
        return CODE + 2 & mask(bytes);
    }

    private static long mask(int bytes) {
        return -1L >>> 64 - 8 * bytes;
    }

    private static long stacked(ProtectedGuest guest, long at, int bytes) {
        return guest.guest.get32(at) & mask(bytes);
    }

    /** Conforming targets and those of the same level keep the stack; JMP leaves nothing on it. */
    @ParameterizedTest
    @EnumSource
    void callGatesWithoutAChangeOfLevelKeepTheStack(Runner runner) {
        try (ProtectedGuest guest = new ProtectedGuest(runner)) {
            for (boolean call : new boolean[] {false, true}) {
                guest.code(a -> {
                    if (call) {
                        a.call_far(fword(EDI));
                    } else {
                        a.jmp_far(fword(EDI));
                    }
                });
                for (int cpl = 0; cpl < 4; cpl++) {
                    guest.reset();
                    // Conforming, of level 0: it runs at the caller's.
                    guest.describe(FREE2, 0, 0xfffff, 0x9f, 0xc);
                    guest.callGate(FREE, FREE2, TARGET, 0xec, 5);
                    farPointer(guest, 0, FREE | 3);
                    guest.enter(cpl).general[RDI.number()] = DATA;
                    int vector = guest.run();
                    // HLT at the target is for level 0.
                    assertThat(vector).isEqualTo(cpl == 0 ? GATED : GP);
                    if (cpl == 0) {
                        assertThat(guest.guest.get(RSP)).isEqualTo(call ? STACK - 8 : STACK);
                    } else {
                        assertThat(guest.pushed(1)).isEqualTo((int) TARGET);
                        assertThat(guest.pushed(2) & 0xffff).isEqualTo(FREE2 | cpl);
                        assertThat(guest.pushed(4)).isEqualTo((int) (call ? STACK - 8 : STACK));
                    }
                }
            }
        }
    }

    /** RET n to an outer level: both stacks lose the parameters, and segments that the outer level may not use are emptied. */
    @ParameterizedTest
    @EnumSource
    void returnsOutwardAndDropsParameters(Runner runner) {
        try (ProtectedGuest guest = new ProtectedGuest(runner)) {
            guest.gate(0x80, ProtectedGuest.code(0), HANDLERS + 16 * 0x80, 0xee);
            Label[] outer = new Label[1];
            guest.code(a -> {
                a.retf(imm(12));
                outer[0] = a.here();
                a.mov(ECX, ES);
                a.int_(imm(0x80));
            });
            CpuState state = guest.enter(0);
            long esp = ProtectedGuest.stack(0) - 7 * 4;
            state.general[RSP.number()] = esp;
            state.segments[CpuState.DS].set(ProtectedGuest.data(3), 0, -1, 0xcf3);
            int[] frame = {
                (int) outer[0].address(), ProtectedGuest.code(3), 1, 2, 3, (int) STACK - 64, ProtectedGuest.data(3)
            };
            for (int i = 0; i < frame.length; i++) {
                guest.guest.put32(esp + 4L * i, frame[i]);
            }
            assertThat(guest.run()).isEqualTo(0x80);
            assertThat(guest.pushed(3)).isEqualTo((int) STACK - 64 + 12);
            assertThat(guest.guest.get(RCX)).isZero();
            assertThat(guest.guest.state.segments[CpuState.DS].selector).isEqualTo(ProtectedGuest.data(3));
        }
    }

    /** Interrupt and trap gates of 16 and 32 bits from every level to level 0, by DPL. */
    @ParameterizedTest
    @EnumSource
    void interruptGatesPushWhatTheyShould(Runner runner) {
        try (ProtectedGuest guest = new ProtectedGuest(runner)) {
            guest.code(a -> a.int_(imm(GATED)));
            for (int type : new int[] {6, 7, 0xe, 0xf}) {
                for (int cpl = 0; cpl < 4; cpl++) {
                    for (int dpl = 0; dpl < 4; dpl++) {
                        guest.reset();
                        guest.gate(GATED, ProtectedGuest.code(0), TARGET, 0x80 | dpl << 5 | type);
                        guest.enter(cpl).rflags = 0x202;
                        int vector = guest.run();
                        if (dpl < cpl) {
                            assertThat(vector).isEqualTo(GP);
                            assertThat(guest.pushed(0)).isEqualTo(GATED * 8 + 2);
                            continue;
                        }
                        assertThat(vector).isEqualTo(GATED);
                        int bytes = (type & 8) != 0 ? 4 : 2;
                        long esp = guest.guest.get(RSP);
                        long top = cpl == 0 ? STACK : ProtectedGuest.stack(0);
                        assertThat(top - esp).isEqualTo((cpl == 0 ? 3L : 5L) * bytes);
                        assertThat(stacked(guest, esp, bytes)).isEqualTo(CODE + 2 & mask(bytes));
                        assertThat(stacked(guest, esp + 2L * bytes, bytes)).isEqualTo(0x202);
                        assertThat((guest.guest.state.rflags & 0x200) != 0).isEqualTo((type & 1) != 0);
                    }
                }
            }
        }
    }

    /** How a task is entered. */
    private enum Entry {
        JUMP,
        CALL,
        INTERRUPT,
        GATE_JUMP
    }

    private static void layTask(ProtectedGuest guest, boolean wide) {
        SoftGuest g = guest.guest;
        for (int offset = 0; offset < 0x68; offset += 4) {
            g.put32(NEW_TSS + offset, 0);
        }
        guest.describe(FREE, NEW_TSS, wide ? 0x67 : 0x2b, wide ? 0xe9 : 0xe1, 0);
        guest.describe(FREE2, 0, 0, 0, 0);
        g.put64(SoftGuest.GDT + FREE2, 0xe500L << 32 | (long) FREE << 16);
        guest.gate(GATED, FREE, 0, 0xe5);
        int[] general = {0x11, 0x22, 0x33, 0x44, (int) STACK - 0x400, 0x66, 0x77, 0x88};
        if (wide) {
            g.put32(NEW_TSS + 0x20, (int) TARGET);
            g.put32(NEW_TSS + 0x24, 0x2);
            for (int i = 0; i < 8; i++) {
                g.put32(NEW_TSS + 0x28 + 4 * i, general[i]);
            }
            int[] segments = {
                ProtectedGuest.data(0), ProtectedGuest.code(0), ProtectedGuest.data(0), ProtectedGuest.data(0), 0, 0
            };
            for (int i = 0; i < 6; i++) {
                g.put32(NEW_TSS + 0x48 + 4 * i, segments[i]);
            }
        } else {
            g.put16(NEW_TSS + 0x0e, (int) TARGET);
            g.put16(NEW_TSS + 0x10, 0x2);
            for (int i = 0; i < 8; i++) {
                g.put16(NEW_TSS + 0x12 + 2 * i, general[i]);
            }
            int[] segments = {
                ProtectedGuest.data(0), ProtectedGuest.code(0), ProtectedGuest.data(0), ProtectedGuest.data(0)
            };
            for (int i = 0; i < 4; i++) {
                g.put16(NEW_TSS + 0x22 + 2 * i, segments[i]);
            }
        }
    }

    /** To tasks of both sizes by every way: what is saved, busy bits, the link, NT and CR0.TS. */
    @ParameterizedTest
    @EnumSource
    void switchesTasks(Runner runner) {
        try (ProtectedGuest guest = new ProtectedGuest(runner)) {
            for (Entry entry : Entry.values()) {
                Label[] after = new Label[1];
                guest.code(a -> {
                    switch (entry) {
                        case CALL -> a.call_far(fword(EDI));
                        case INTERRUPT -> a.int_(imm(GATED));
                        default -> a.jmp_far(fword(EDI));
                    }
                    after[0] = a.here();
                });
                for (boolean wide : new boolean[] {false, true}) {
                    guest.reset();
                    layTask(guest, wide);
                    farPointer(guest, 0, entry == Entry.GATE_JUMP ? FREE2 : FREE);
                    CpuState state = guest.enter(0);
                    state.general[RDI.number()] = DATA;
                    state.general[RBX.number()] = 0x1234_5678;
                    assertThat(guest.run()).as("%s %b", entry, wide).isEqualTo(GATED);
                    checkSwitched(guest, entry, after[0].address());
                }
            }
        }
    }

    private static void checkSwitched(ProtectedGuest guest, Entry entry, long after) {
        SoftGuest g = guest.guest;
        boolean nested = entry == Entry.CALL || entry == Entry.INTERRUPT;
        assertThat(g.get32(TSS + 0x20)).isEqualTo((int) after);
        assertThat(g.get32(TSS + 0x34)).isEqualTo(0x1234_5678);
        assertThat(g.get32(TSS + 0x44)).isEqualTo((int) DATA);
        assertThat(g.get32(TSS + 0x4c) & 0xffff).isEqualTo(ProtectedGuest.code(0));
        assertThat(g.state.tr.selector).isEqualTo(FREE);
        assertThat(guest.access(FREE) & BUSY).isEqualTo(BUSY);
        assertThat(guest.access(ProtectedGuest.TASK) & BUSY).isEqualTo(nested ? BUSY : 0);
        assertThat(g.get32(NEW_TSS) & 0xffff).isEqualTo(nested ? ProtectedGuest.TASK : 0);
        assertThat(g.state.rflags & NT).isEqualTo(nested ? NT : 0);
        assertThat(g.state.cr0 & 8).isEqualTo(8);
        assertThat(g.get(RAX) & 0xffff).isEqualTo(0x11);
        assertThat(g.get(RDI) & 0xffff).isEqualTo(0x88);
    }

    /** A task called by an interrupt goes back by IRET. */
    @ParameterizedTest
    @EnumSource
    void returnsFromANestedTask(Runner runner) {
        try (ProtectedGuest guest = new ProtectedGuest(runner)) {
            long task = CODE + 0x800;
            layTask(guest, true);
            guest.guest.put32(NEW_TSS + 0x20, (int) task);
            guest.guest.code(CodeSize.CODE32, task, a -> {
                a.mov(EAX, 7);
                a.mov(dword(DATA + 0x100), EAX);
                a.iretd();
            });
            guest.code(a -> {
                a.mov(EBX, 0x55);
                a.int_(imm(GATED));
                a.mov(ECX, EBX);
                a.hlt();
            });
            guest.enter(0);
            assertThat(guest.run()).isEqualTo(-1);
            assertThat(guest.guest.get(RCX)).isEqualTo(0x55);
            assertThat(guest.guest.get(RAX)).isZero();
            assertThat(guest.guest.get32(DATA + 0x100)).isEqualTo(7);
            assertThat(guest.guest.state.tr.selector).isEqualTo(ProtectedGuest.TASK);
            assertThat(guest.access(FREE) & BUSY).isZero();
            assertThat(guest.guest.state.rflags & NT).isZero();
        }
    }

    /** A busy task and one that is too short. */
    @ParameterizedTest
    @EnumSource
    void refusesTasksThatAreBusyOrShort(Runner runner) {
        try (ProtectedGuest guest = new ProtectedGuest(runner)) {
            guest.code(a -> a.jmp_far(fword(EDI)));
            for (boolean busy : new boolean[] {false, true}) {
                guest.reset();
                layTask(guest, true);
                guest.describe(FREE, NEW_TSS, busy ? 0x67 : 0x66, busy ? 0x8b : 0x89, 0);
                farPointer(guest, 0, FREE);
                guest.enter(0).general[RDI.number()] = DATA;
                assertThat(guest.run()).isEqualTo(busy ? GP : 10);
                assertThat(guest.pushed(0)).isEqualTo(FREE);
            }
        }
    }

    private static final int V86_SEGMENT = 0x6000;
    private static final long V86 = V86_SEGMENT * 16L;

    /** By IRET into virtual-8086 mode, with a program there. */
    private static ProtectedGuest virtual8086(Runner runner, int iopl, Consumer<Assembler> program) {
        ProtectedGuest guest = new ProtectedGuest(runner);
        guest.guest.code(CodeSize.CODE16, V86 + 0x100, program);
        guest.code(a -> {
            for (int selector : new int[] {0x4000, 0x3000, 0x2000, 0x1000}) {
                a.push(selector);
            }
            a.push(V86_SEGMENT);
            a.push(0x800);
            a.push(VM | iopl << 12 | 0x202);
            a.push(V86_SEGMENT);
            a.push(0x100);
            a.iretd();
        });
        guest.enter(0);
        return guest;
    }

    /** INT from virtual-8086 mode with IOPL 3: all segments are pushed and emptied; IRET brings them back. */
    @ParameterizedTest
    @EnumSource
    void goesInAndOutOfVirtual8086Mode(Runner runner) {
        try (ProtectedGuest guest = virtual8086(runner, 3, a -> {
            a.mov(AX, DS);
            a.mov(BX, CS);
            a.mov(word(0x10), AX);
            a.int_(imm(GATED));
        })) {
            guest.gate(GATED, ProtectedGuest.code(0), TARGET, 0xee);
            assertThat(guest.run()).isEqualTo(GATED);
            assertThat(guest.guest.get(RAX)).isEqualTo(0x2000);
            assertThat(guest.guest.get(RBX)).isEqualTo(V86_SEGMENT);
            assertThat(guest.guest.get32(0x2_0010) & 0xffff).isEqualTo(0x2000);
            long esp = guest.guest.get(RSP);
            assertThat(esp).isEqualTo(ProtectedGuest.stack(0) - 36);
            assertThat(guest.pushed(1)).isEqualTo(V86_SEGMENT);
            assertThat(guest.pushed(2) & VM).isEqualTo(VM);
            assertThat(guest.pushed(3)).isEqualTo(0x800);
            assertThat(guest.pushed(4)).isEqualTo(V86_SEGMENT);
            for (int i = 0; i < 4; i++) {
                assertThat(guest.pushed(5 + i)).isEqualTo(0x1000 * (i + 1));
            }
            for (int segment : new int[] {CpuState.DS, CpuState.ES, CpuState.FS, CpuState.GS}) {
                assertThat(guest.guest.state.segments[segment].selector).isZero();
            }
            assertThat(guest.guest.state.rflags & VM).isZero();
        }
    }

    /** What is sensitive to IOPL is #GP below 3, and runs at 3; HLT and the like never run. */
    @ParameterizedTest
    @EnumSource
    void trapsSensitiveInstructionsOfVirtual8086Mode(Runner runner) {
        int[][] sensitive = {{0xfa}, {0xfb}, {0x9c}, {0x9d}, {0xcd, GATED}, {0xcf}};
        for (int[] bytes : sensitive) {
            for (int iopl : new int[] {0, 3}) {
                try (ProtectedGuest guest = virtual8086(runner, iopl, a -> {
                    a.push(0x200);
                    a.push(V86_SEGMENT);
                    a.push(0x180);
                    a.db(bytes);
                    a.db(0xf4);
                    a.org(0x80);
                    a.db(0xf4);
                })) {
                    guest.gate(GATED, ProtectedGuest.code(0), TARGET, 0xee);
                    int vector = guest.run();
                    assertThat(vector)
                            .as("%x at %d", bytes[0], iopl)
                            .isEqualTo(iopl == 3 && bytes[0] == 0xcd ? GATED : GP);
                    if (vector == GP) {
                        int at = guest.pushed(1);
                        assertThat(at == 0x109)
                                .as("%x at %d: %x", bytes[0], iopl, at)
                                .isEqualTo(iopl == 0);
                    }
                }
            }
        }
        for (int[] bytes : new int[][] {{0xf4}, {0x0f, 0x06}, {0x0f, 0x20, 0xc0}, {0x0f, 0x09}}) {
            try (ProtectedGuest guest = virtual8086(runner, 3, a -> a.db(bytes))) {
                assertThat(guest.run()).isEqualTo(GP);
                assertThat(guest.pushed(1)).isEqualTo(0x100);
            }
        }
        // Selector instructions do not exist there.
        for (int[] bytes : new int[][] {{0x0f, 0x00, 0xc0}, {0x0f, 0x02, 0xc0}, {0x0f, 0x00, 0xe0}}) {
            try (ProtectedGuest guest = virtual8086(runner, 3, a -> a.db(bytes))) {
                assertThat(guest.run()).isEqualTo(6);
            }
        }
    }
}
