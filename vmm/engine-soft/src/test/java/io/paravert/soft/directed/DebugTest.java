package io.paravert.soft.directed;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;
import static io.paravert.soft.SoftGuest.DATA;
import static io.paravert.vmm.engine.ExitReason.HALT;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.isa.CodeSize;
import io.paravert.isa.asm.Assembler;
import io.paravert.isa.asm.Label;
import io.paravert.soft.SoftGuest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Single step, breakpoints and watchpoints, begun while code is hot (AMD APM vol. 2, 13.1). The handler logs RIP and DR6. */
class DebugTest {
    private static final long HANDLER = 0x9_0000;
    private static final long LOG = DATA + 0x8000;
    private static final int DB = 1;
    private static final int RF = 1 << 16;
    private static final int HOT = 50;

    /** R15 walks through the log. */
    private static SoftGuest guest(Runner runner) {
        SoftGuest guest = runner.guest();
        guest.setGate(DB, HANDLER, 0x8e00, 0);
        guest.code(CodeSize.CODE64, HANDLER, a -> {
            a.push(RAX);
            a.mov(RAX, qword(RSP, 8));
            a.mov(qword(R15), RAX);
            a.mov(RAX, DR6);
            a.mov(qword(R15, 8), RAX);
            a.xor(EAX, EAX);
            a.mov(DR6, RAX);
            a.add(R15, 16);
            a.or(dword(RSP, 24), RF);
            a.pop(RAX);
            a.iretq();
        });
        guest.state.general[R15.number()] = LOG;
        guest.load();
        return guest;
    }

    private static List<Long> logged(SoftGuest guest, long expectedDr6) {
        List<Long> rips = new ArrayList<>();
        for (long at = LOG; at < guest.get(R15); at += 16) {
            assertThat(guest.get64(at + 8) & 0xe00f).isEqualTo(expectedDr6);
            rips.add(guest.get64(at));
        }
        return rips;
    }

    private static void setTrapFlag(Assembler a, boolean on) {
        a.pushfq();
        if (on) {
            a.or(dword(RSP), 0x100);
        } else {
            a.and(dword(RSP), ~0x100);
        }
        a.popfq();
    }

    /** A loop that is hot when TF is set: then each instruction of a round traps. */
    @ParameterizedTest
    @EnumSource
    void singleStepsThroughHotCode(Runner runner) {
        try (SoftGuest guest = guest(runner)) {
            List<Label> labels = new ArrayList<>();
            guest.code(a -> {
                a.mov(ECX, HOT);
                Label top = a.here();
                labels.add(top);
                a.inc(RBX);
                labels.add(a.here());
                a.add(RDX, RBX);
                labels.add(a.here());
                a.dec(ECX);
                labels.add(a.here());
                a.jnz(top);
                labels.add(a.here());
                a.test(ESI, ESI);
                Label end = a.label();
                a.jnz(end);
                a.inc(ESI);
                a.mov(ECX, 2);
                setTrapFlag(a, true);
                a.jmp(top);
                a.bind(end);
                a.hlt();
            });
            assertThat(guest.run()).isEqualTo(HALT);
            long top = labels.get(0).address();
            List<Long> expected = new ArrayList<>();
            expected.add(top);
            for (int round = 0; round < 2; round++) {
                for (int i = 1; i < 4; i++) {
                    expected.add(labels.get(i).address());
                }
                expected.add(round == 0 ? top : labels.get(4).address());
            }
            List<Long> rips = logged(guest, 0x4000);
            assertThat(rips.subList(0, expected.size())).isEqualTo(expected);
            assertThat(guest.get(RBX)).isEqualTo(HOT + 2);
        }
    }

    /** Every later round stops before the instruction. */
    @ParameterizedTest
    @EnumSource
    void breaksInHotCode(Runner runner) {
        try (SoftGuest guest = guest(runner)) {
            Label[] target = new Label[1];
            guest.code(a -> {
                Label body = a.label();
                target[0] = body;
                a.mov(ECX, HOT);
                Label top = a.here();
                a.inc(RBX);
                a.bind(body);
                a.inc(RDX);
                a.dec(ECX);
                a.jnz(top);
                Label end = a.label();
                a.test(ESI, ESI);
                a.jnz(end);
                a.inc(ESI);
                a.lea(RAX, at(body));
                a.mov(DR0, RAX);
                a.mov(EAX, 0x401);
                a.mov(DR7, RAX);
                a.mov(ECX, 7);
                a.jmp(top);
                a.bind(end);
                a.hlt();
            });
            assertThat(guest.run()).isEqualTo(HALT);
            List<Long> rips = logged(guest, 1);
            assertThat(rips).hasSize(7).allMatch(rip -> rip == target[0].address());
            assertThat(guest.get(RDX)).isEqualTo(HOT + 7);
        }
    }

    /** A watched store traps after its instruction, a load beside it does not. */
    @ParameterizedTest
    @EnumSource
    void watchesStoresOfHotCode(Runner runner) {
        try (SoftGuest guest = guest(runner)) {
            Label[] after = new Label[1];
            guest.code(a -> {
                a.mov(RDI, DATA);
                a.mov(ECX, HOT);
                Label top = a.here();
                a.mov(RAX, qword(RDI));
                a.mov(dword(RDI, 2), ECX);
                after[0] = a.here();
                a.mov(dword(RDI, 8), ECX);
                a.dec(ECX);
                a.jnz(top);
                Label end = a.label();
                a.test(ESI, ESI);
                a.jnz(end);
                a.inc(ESI);
                a.mov(RAX, DATA + 4);
                a.mov(DR1, RAX);
                a.mov(EAX, 0xd00404);
                a.mov(DR7, RAX);
                a.mov(ECX, 5);
                a.jmp(top);
                a.bind(end);
                a.hlt();
            });
            assertThat(guest.run()).isEqualTo(HALT);
            assertThat(logged(guest, 2)).hasSize(5).allMatch(rip -> rip == after[0].address());
        }
    }

    /** MOV SS holds the single-step trap back until the next instruction has run (AMD APM vol. 2, 8.2.1). */
    @ParameterizedTest
    @EnumSource
    void holdsTheTrapBackAfterMovSs(Runner runner) {
        try (SoftGuest guest = guest(runner)) {
            Label[] after = new Label[1];
            guest.code(a -> {
                a.mov(EAX, SS);
                setTrapFlag(a, true);
                a.mov(SS, EAX);
                a.inc(RBX);
                after[0] = a.here();
                setTrapFlag(a, false);
                a.hlt();
            });
            assertThat(guest.run()).isEqualTo(HALT);
            assertThat(logged(guest, 0x4000).get(0)).isEqualTo(after[0].address());
            assertThat(guest.get(RBX)).isEqualTo(1);
        }
    }

    /** DR7.GD: the next access to a debug register is a fault, and clears the bit. */
    @ParameterizedTest
    @EnumSource
    void guardsDebugRegisters(Runner runner) {
        try (SoftGuest guest = guest(runner)) {
            Label[] guarded = new Label[1];
            guest.code(a -> {
                a.mov(EAX, 0x2400);
                a.mov(DR7, RAX);
                guarded[0] = a.here();
                a.mov(RBX, DR0);
                a.mov(RCX, DR7);
                a.hlt();
            });
            assertThat(guest.run()).isEqualTo(HALT);
            assertThat(logged(guest, 0x2000)).containsExactly(guarded[0].address());
            assertThat(guest.get(RCX)).isEqualTo(0x400);
        }
    }
}
