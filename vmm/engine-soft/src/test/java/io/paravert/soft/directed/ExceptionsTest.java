package io.paravert.soft.directed;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;
import static io.paravert.soft.SoftGuest.CODE;
import static io.paravert.soft.SoftGuest.DATA;
import static io.paravert.vmm.engine.ExitReason.HALT;
import static io.paravert.vmm.engine.ExitReason.SHUTDOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.isa.asm.Assembler;
import io.paravert.soft.SoftGuest;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Exceptions within exceptions, gates and stacks (AMD APM vol. 2, 8.2.9, 8.7 and 8.9). */
class ExceptionsTest {
    private static final int UD = 6;
    private static final int DF = 8;
    private static final int NP = 11;
    private static final int GP = 13;
    private static final int PF = 14;
    private static final long GONE = DATA + 0x1000;
    private static final int INTERRUPT_FLAG = 0x200;

    /** How each first exception is raised. */
    private static Consumer<Assembler> raise(int vector) {
        return a -> {
            switch (vector) {
                case UD -> a.ud2();
                case GP -> {
                    a.mov(RAX, 0x8000_0000_0000L);
                    a.mov(RAX, qword(RAX));
                }
                case 0 -> {
                    a.xor(ECX, ECX);
                    a.div(ECX);
                }
                default -> {
                    a.mov(RAX, GONE);
                    a.mov(RAX, qword(RAX));
                }
            }
        };
    }

    private static void breakGate(SoftGuest guest, int vector, int with) {
        switch (with) {
            case NP -> guest.setGate(vector, SoftGuest.HANDLERS, 0x0e00, 0);
            case GP -> guest.setGate(vector, SoftGuest.HANDLERS, 0x8000, 0);
            default -> {
                // A stack that is not there.
                guest.setGate(vector, SoftGuest.HANDLERS + 16L * vector, 0x8e00, 2);
                guest.put64(SoftGuest.TSS + 0x2c, GONE + 0x800);
            }
        }
    }

    /** The first exception, the second, which delivering it raises, and what comes of them. */
    @ParameterizedTest
    @CsvSource({
        "6, 11, 11", "6, 13, 13", "6, 14, 14",
        "0, 11, 8", "0, 13, 8", "0, 14, 14",
        "13, 11, 8", "13, 13, 8", "13, 14, 14",
        "14, 11, 8", "14, 13, 8", "14, 14, 8"
    })
    void makesDoubleFaultsOfContributoryPairs(int first, int second, int expected) {
        for (Runner runner : Runner.values()) {
            try (SoftGuest guest = runner.guest()) {
                guest.put64(SoftGuest.TABLE + 8 * (GONE >> 12), 0);
                breakGate(guest, first, second);
                guest.code(a -> {
                    raise(first).accept(a);
                    a.hlt();
                });
                assertThat(guest.run()).isEqualTo(HALT);
                assertThat(guest.vector()).as(first + " then " + second).isEqualTo(expected);
                long error = expected == DF ? 0 : expected == PF ? 2 : first * 8 + 2 + 1;
                assertThat(guest.errorCode()).as("error code").isEqualTo(error);
            }
        }
    }

    /** A double fault that cannot be delivered shuts the machine down. */
    @ParameterizedTest
    @EnumSource
    void shutsDownWhenADoubleFaultFaults(Runner runner) {
        try (SoftGuest guest = runner.guest()) {
            breakGate(guest, GP, NP);
            breakGate(guest, DF, NP);
            guest.code(raise(GP));
            assertThat(guest.run()).isEqualTo(SHUTDOWN);
        }
    }

    /** Interrupt gates clear IF, trap gates leave it. */
    @ParameterizedTest
    @CsvSource({"0x8e00, false", "0x8f00, true"})
    void clearsTheInterruptFlagByInterruptGates(String attributes, boolean stays) {
        for (Runner runner : Runner.values()) {
            try (SoftGuest guest = runner.guest()) {
                guest.setGate(0x80, SoftGuest.HANDLERS + 16 * 0x80, Integer.decode(attributes), 0);
                guest.code(a -> {
                    a.sti();
                    a.nop();
                    a.int_(imm(0x80));
                });
                assertThat(guest.run()).isEqualTo(HALT);
                assertThat(guest.vector()).isEqualTo(0x80);
                assertThat((guest.state.rflags & INTERRUPT_FLAG) != 0).isEqualTo(stays);
                assertThat(guest.get64(guest.get(RSP) + 16) & INTERRUPT_FLAG).isEqualTo(INTERRUPT_FLAG);
            }
        }
    }

    /** From privilege 3: a gate of DPL 0 is #GP with its index, one of DPL 3 switches to the stack that the TSS names. */
    @ParameterizedTest
    @CsvSource({"0x8e00, 13", "0xee00, 128"})
    void checksTheGatesPrivilege(String attributes, int expected) {
        for (Runner runner : Runner.values()) {
            try (SoftGuest guest = runner.guest()) {
                guest.setGate(0x80, SoftGuest.HANDLERS + 16 * 0x80, Integer.decode(attributes), 0);
                long user = CODE + 0x800;
                guest.code(a -> {
                    a.push(SoftGuest.USER_DATA);
                    a.push(DATA + 0x800);
                    a.push(0x202);
                    a.push(SoftGuest.USER_CODE64);
                    a.push(user);
                    a.iretq();
                    a.org(0x800);
                    a.int_(imm(0x80));
                });
                assertThat(guest.run()).isEqualTo(HALT);
                assertThat(guest.vector()).isEqualTo(expected);
                int error = expected == GP ? 8 : 0;
                assertThat(guest.get(RSP)).isEqualTo(SoftGuest.STACK0 - 40 - error);
                if (expected == GP) {
                    assertThat(guest.errorCode()).isEqualTo(0x80 * 8 + 2);
                }
                long frame = guest.get(RSP) + error;
                assertThat(guest.get64(frame)).isEqualTo(user + (expected == GP ? 0 : 2));
                assertThat(guest.get64(frame + 8)).isEqualTo(SoftGuest.USER_CODE64);
                assertThat(guest.get64(frame + 24)).isEqualTo(DATA + 0x800);
                assertThat(guest.get64(frame + 32)).isEqualTo(SoftGuest.USER_DATA);
            }
        }
    }

    /** IST stacks are taken whatever the privilege, and are aligned to 16 bytes. */
    @ParameterizedTest
    @EnumSource
    void takesTheInterruptStack(Runner runner) {
        try (SoftGuest guest = runner.guest()) {
            guest.put64(SoftGuest.TSS + 0x24, SoftGuest.STACK_IST + 9);
            guest.setGate(UD, SoftGuest.HANDLERS + 16 * UD, 0x8e00, 1);
            guest.code(Assembler::ud2);
            assertThat(guest.run()).isEqualTo(HALT);
            assertThat(guest.vector()).isEqualTo(UD);
            assertThat(guest.get(RSP)).isEqualTo(SoftGuest.STACK_IST - 40);
            assertThat(guest.get64(guest.get(RSP) + 24)).isEqualTo(SoftGuest.STACK);
        }
    }

    /** A fault at any instruction of hot code leaves registers, flags and RIP as they were before it. */
    @ParameterizedTest
    @EnumSource
    void faultsExactlyInHotCode(Runner runner) {
        for (int faulting = 0; faulting < 6; faulting++) {
            try (SoftGuest guest = runner.guest()) {
                guest.put64(SoftGuest.TABLE + 8 * (GONE >> 12), 0);
                long[] expected = new long[1];
                int at = faulting;
                guest.code(a -> {
                    a.mov(RDI, DATA);
                    a.mov(R12, DATA);
                    a.mov(ECX, 20);
                    a.xor(EDX, EDX);
                    var top = a.here();
                    var last = a.label();
                    for (int i = 0; i < 6; i++) {
                        a.add(RDX, 1);
                        if (i == at) {
                            expected[0] = i + 1;
                            a.add(dword(R12, 4), EDX);
                        } else {
                            a.add(dword(RDI, 4), EDX);
                        }
                        a.adc(RBX, 0);
                    }
                    a.dec(ECX);
                    a.jnz(top);
                    a.bind(last);
                    a.mov(R12, GONE);
                    a.mov(ECX, 20);
                    a.xor(EBX, EBX);
                    a.xor(EDX, EDX);
                    a.jmp(top);
                });
                assertThat(guest.run()).isEqualTo(HALT);
                assertThat(guest.vector()).isEqualTo(PF);
                assertThat(guest.state.cr2).isEqualTo(GONE + 4);
                assertThat(guest.errorCode()).isEqualTo(2);
                assertThat(guest.get(RDX)).isEqualTo(expected[0]);
                assertThat(guest.get(RCX)).isEqualTo(20);
                // ADD of 1 to a small number: no flag but perhaps PF.
                assertThat(guest.get64(guest.get(RSP) + 24) & 0x8d1).isZero();
            }
        }
    }
}
