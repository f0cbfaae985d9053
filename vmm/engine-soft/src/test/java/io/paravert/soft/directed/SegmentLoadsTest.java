package io.paravert.soft.directed;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;
import static io.paravert.soft.SoftGuest.DATA;
import static io.paravert.soft.SoftGuest.GDT;
import static io.paravert.soft.SoftGuest.HANDLERS;
import static io.paravert.soft.directed.ProtectedGuest.FREE;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.isa.asm.Assembler;
import io.paravert.isa.asm.Label;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What uses a selector, over every type of descriptor, its DPL and P, the selector's RPL and the CPL, in 32-bit protected mode, against a
 * statement of the rules (AMD APM vol. 2, 4.11; vol. 3, the instructions' own pages) that shares nothing with the engine's.
 */
class SegmentLoadsTest {
    private static final int OK = -1;
    private static final int DONE = 0x80;
    /** Where gates lead. */
    private static final int GATED = 0x81;

    private static final int NP = 11 << 16;
    private static final int STACK_FAULT = 12 << 16;
    private static final int GP = 13 << 16;
    /** Nothing is said here: a task switch. */
    private static final int UNSAID = -2;

    private static final int CALL_GATE16 = 4;
    private static final int TASK_GATE = 5;
    private static final int CALL_GATE32 = 0xc;
    private static final List<Integer> FREE_TASKS = List.of(1, 9);

    /** Type with S in bit 4. */
    private record Case(int type, int dpl, boolean present, int rpl, int cpl) {
        boolean isSegment() {
            return type >= 0x10;
        }

        boolean isCode() {
            return type >= 0x18;
        }

        boolean isConforming() {
            return isCode() && (type & 4) != 0;
        }

        boolean isReadable() {
            return isSegment() && (!isCode() || (type & 2) != 0);
        }

        boolean isWritable() {
            return isSegment() && !isCode() && (type & 2) != 0;
        }

        boolean isPrivileged() {
            return dpl >= Math.max(rpl, cpl);
        }
    }

    /** An instruction on the selector in EAX, and what it should do: {@link #OK}, or vector and error code. */
    private interface Rule {
        int expected(Case c);
    }

    private static int dataLoad(Case c) {
        if (!c.isReadable() || !c.isConforming() && !c.isPrivileged()) {
            return GP | FREE;
        }
        return c.present ? OK : NP | FREE;
    }

    private static int stackLoad(Case c) {
        if (c.rpl != c.cpl || c.dpl != c.cpl || !c.isWritable()) {
            return GP | FREE;
        }
        return c.present ? OK : STACK_FAULT | FREE;
    }

    private static int codeRule(Case c, boolean call) {
        if (c.isCode()) {
            boolean allowed = c.isConforming() ? c.dpl <= c.cpl : c.rpl <= c.cpl && c.dpl == c.cpl;
            return !allowed ? GP | FREE : c.present ? OK : NP | FREE;
        }
        boolean gate = c.type == CALL_GATE16 || c.type == CALL_GATE32;
        if (!gate && c.type != TASK_GATE && !FREE_TASKS.contains(c.type) || !c.isPrivileged()) {
            return GP | FREE;
        }
        if (!c.present) {
            return NP | FREE;
        }
        if (!gate) {
            return UNSAID;
        }
        // To level 0: by CALL from anywhere, by JMP from there alone.
        return call || c.cpl == 0 ? OK : GP | ProtectedGuest.code(0);
    }

    private static int returnRule(Case c) {
        if (c.rpl < c.cpl || !c.isCode() || (c.isConforming() ? c.dpl > c.rpl : c.dpl != c.rpl)) {
            return GP | FREE;
        }
        return c.present ? OK : NP | FREE;
    }

    private static void check(Runner runner, Consumer<Assembler> instruction, Rule rule) {
        try (ProtectedGuest guest = new ProtectedGuest(runner)) {
            guest.gate(DONE, ProtectedGuest.code(0), HANDLERS + 16 * DONE, 0xee);
            Label after = assemble(guest, instruction);
            for (int type = 0; type < 32; type++) {
                for (int bits = 0; bits < 128; bits++) {
                    Case c = new Case(type, bits & 3, (bits & 4) != 0, bits >> 3 & 3, bits >> 5);
                    int expected = rule.expected(c);
                    if (expected != UNSAID) {
                        assertThat(outcome(guest, c, after.address()))
                                .as("%s", c)
                                .isEqualTo(expected);
                    }
                }
            }
        }
    }

    private static Label assemble(ProtectedGuest guest, Consumer<Assembler> instruction) {
        Label[] after = new Label[1];
        guest.code(a -> {
            instruction.accept(a);
            after[0] = a.here();
            a.int_(imm(DONE));
        });
        return after[0];
    }

    private static int outcome(ProtectedGuest guest, Case c, long after) {
        lay(guest, c, after);
        guest.enter(c.cpl);
        guest.guest.state.general[RAX.number()] = FREE | c.rpl;
        guest.guest.state.general[RBX.number()] = after;
        guest.guest.state.general[RDI.number()] = DATA;
        int vector = guest.run();
        if (vector == DONE || vector == GATED) {
            return OK;
        }
        return vector << 16 | guest.pushed(0);
    }

    private static void lay(ProtectedGuest guest, Case c, long after) {
        int access = c.type | c.dpl << 5 | (c.present ? 0x80 : 0);
        if (c.type == CALL_GATE16 || c.type == CALL_GATE32) {
            guest.callGate(FREE, ProtectedGuest.code(0), HANDLERS + 16 * GATED, access, 0);
        } else {
            // A segment that expands down has its room above the limit.
            boolean down = c.isSegment() && !c.isCode() && (c.type & 4) != 0;
            guest.describe(FREE, 0, down ? 0 : 0xfffff, access, 0xc);
        }
        guest.guest.put32(DATA, (int) after);
        guest.guest.put32(DATA + 4, FREE | c.rpl);
    }

    @ParameterizedTest
    @EnumSource
    void loadsDataSegments(Runner runner) {
        check(runner, a -> a.mov(DS, EAX), SegmentLoadsTest::dataLoad);
        check(runner, a -> a.mov(GS, EAX), SegmentLoadsTest::dataLoad);
        check(
                runner,
                a -> {
                    a.push(EAX);
                    a.pop(FS);
                },
                SegmentLoadsTest::dataLoad);
        check(runner, a -> a.les(ECX, fword(EDI)), SegmentLoadsTest::dataLoad);
    }

    @ParameterizedTest
    @EnumSource
    void loadsStackSegments(Runner runner) {
        check(runner, a -> a.mov(SS, EAX), SegmentLoadsTest::stackLoad);
        check(runner, a -> a.lss(ECX, fword(EDI)), SegmentLoadsTest::stackLoad);
    }

    @ParameterizedTest
    @EnumSource
    void jumpsAndCallsFar(Runner runner) {
        check(runner, a -> a.jmp_far(fword(EDI)), c -> codeRule(c, false));
        check(runner, a -> a.call_far(fword(EDI)), c -> codeRule(c, true));
    }

    /** To the same level or an outer one, whose stack is named behind the return address. */
    @ParameterizedTest
    @EnumSource
    void returnsFar(Runner runner) {
        Consumer<Assembler> frame = a -> {
            // SS of the level returned to, which is the selector's RPL.
            a.mov(ECX, EAX);
            a.and(ECX, 3);
            a.shl(ECX, 4);
            a.add(ECX, 0x10);
            a.mov(EDX, EAX);
            a.and(EDX, 3);
            a.or(ECX, EDX);
            a.mov(ESI, ESP);
            a.push(ECX);
            a.push(ESI);
        };
        check(
                runner,
                a -> {
                    frame.accept(a);
                    a.push(EAX);
                    a.push(EBX);
                    a.retf();
                },
                SegmentLoadsTest::returnRule);
        check(
                runner,
                a -> {
                    frame.accept(a);
                    a.push(2);
                    a.push(EAX);
                    a.push(EBX);
                    a.iretd();
                },
                SegmentLoadsTest::returnRule);
    }

    /** LAR, LSL, VERR and VERW never fault: ZF says what they found. */
    @ParameterizedTest
    @EnumSource
    void looksAtDescriptors(Runner runner) {
        List<Integer> lar = List.of(1, 2, 3, 4, 5, 9, 0xb, 0xc);
        List<Integer> lsl = List.of(1, 2, 3, 9, 0xb);
        look(runner, a -> a.lar(ECX, EAX), c -> sees(c, c.isSegment() || lar.contains(c.type)), true);
        look(runner, a -> a.lsl(ECX, EAX), c -> sees(c, c.isSegment() || lsl.contains(c.type)), false);
        look(runner, a -> a.verr(AX), c -> sees(c, c.isReadable()), false);
        look(runner, a -> a.verw(AX), c -> sees(c, c.isWritable()), false);
    }

    private static boolean sees(Case c, boolean type) {
        return type && (c.isConforming() || c.isPrivileged());
    }

    private interface Look {
        boolean sees(Case c);
    }

    private static void look(Runner runner, Consumer<Assembler> instruction, Look rule, boolean rights) {
        try (ProtectedGuest guest = new ProtectedGuest(runner)) {
            guest.gate(DONE, ProtectedGuest.code(0), HANDLERS + 16 * DONE, 0xee);
            Label after = assemble(guest, a -> {
                instruction.accept(a);
                a.setz(DL);
            });
            for (int type = 0; type < 32; type++) {
                for (int bits = 0; bits < 128; bits++) {
                    Case c = new Case(type, bits & 3, (bits & 4) != 0, bits >> 3 & 3, bits >> 5);
                    assertThat(outcome(guest, c, after.address())).as("%s", c).isEqualTo(OK);
                    boolean seen = (guest.guest.get(RDX) & 1) != 0;
                    assertThat(seen).as("%s", c).isEqualTo(rule.sees(c));
                    if (seen && rights) {
                        int high = guest.guest.get32(GDT + FREE + 4);
                        assertThat((int) guest.guest.get(RCX) & 0xf0_ff00).isEqualTo(high & 0xf0_ff00);
                    }
                }
            }
        }
    }
}
