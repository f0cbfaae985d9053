package io.paravert.soft.directed;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;
import static io.paravert.soft.SoftGuest.DATA;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.isa.CodeSize;
import io.paravert.isa.asm.Assembler;
import io.paravert.isa.asm.Label;
import io.paravert.soft.SoftGuest;
import io.paravert.soft.Together;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two vCPUs at the same bytes: LOCK of whatever width, and code that one changes while the other runs it. */
class TogetherTest {
    private static final int ROUNDS = 3_000;
    private static final long WORDS = DATA + 0x1000;
    private static final long STARTED = DATA + 0x8000;
    private static final long ENDED = DATA + 0x8100;
    private static final long WRONG = DATA + 0x8200;
    private static final long PATCHED = DATA + 0x8300;
    private static final long SEEN = DATA + 0x8400;
    private static final long FUNCTION = 0x30_0000;

    /** Begins when both vCPUs are there. */
    private static void meet(Assembler a) {
        a.mov(RBP, STARTED);
        a.lock().inc(dword(RBP));
        Label wait = a.here();
        a.pause();
        a.cmp(dword(RBP), 2);
        a.jne(wait);
    }

    /** Runs {@code body} so many times. RCX counts. */
    private static Consumer<Assembler> rounds(int times, Consumer<Assembler> body) {
        return a -> {
            meet(a);
            a.mov(RDI, WORDS);
            a.mov(ECX, times);
            Label top = a.here();
            body.accept(a);
            a.dec(ECX);
            a.jnz(top);
            a.mov(RBP, ENDED);
            a.lock().inc(dword(RBP));
        };
    }

    /** Counts what {@code body} finds wrong until the other vCPU has ended: it jumps to the label for right. */
    private static Consumer<Assembler> watch(BiConsumer<Assembler, Label> body) {
        return a -> {
            meet(a);
            a.mov(RDI, WORDS);
            a.mov(RBP, ENDED);
            a.mov(RSI, WRONG);
            Label top = a.here();
            Label right = a.label();
            body.accept(a, right);
            a.inc(qword(RSI));
            a.bind(right);
            a.cmp(dword(RBP), 1);
            a.jne(top);
        };
    }

    /** One of the vCPUs adds to eight bytes that lie in two words, the other to the four in the second of them. */
    @ParameterizedTest
    @EnumSource
    void locksAcrossWordsAgainstNarrowerLocks(Runner runner) {
        for (long offset : new long[] {4, 60, 0x1000 - 4}) {
            try (SoftGuest guest = runner.guest(2)) {
                Together.run(
                        guest,
                        List.of(
                                rounds(ROUNDS, a -> a.lock().inc(qword(RDI, (int) offset))),
                                rounds(10 * ROUNDS, a -> a.lock().inc(dword(RDI, (int) offset + 4)))));
                assertThat(guest.get32(WORDS + offset)).isEqualTo(ROUNDS);
                assertThat(guest.get32(WORDS + offset + 4)).isEqualTo(10 * ROUNDS);
            }
        }
    }

    /** A plain store falls before or after a LOCK-ed addition across words, never into it. */
    @ParameterizedTest
    @EnumSource
    void locksAcrossWordsAgainstPlainStores(Runner runner) {
        try (SoftGuest guest = runner.guest(2)) {
            // The upper half is only ever written by plain stores, of growing numbers: none is undone by the addition.
            Together.run(guest, List.of(rounds(ROUNDS, a -> a.lock().inc(qword(RDI, 4))), rounds(10 * ROUNDS, a -> {
                Label kept = a.label();
                a.mov(dword(RDI, 8), ECX);
                a.cmp(dword(RDI, 8), ECX);
                a.je(kept);
                a.mov(RSI, WRONG);
                a.inc(qword(RSI));
                a.bind(kept);
            })));
            assertThat(guest.get64(WRONG)).isZero();
            assertThat(guest.get32(WORDS + 4)).isEqualTo(ROUNDS);
            assertThat(guest.get32(WORDS + 8)).isEqualTo(1);
        }
    }

    /** Adds 1 to the lower half of the 16 bytes at RDI, and RSI to the upper half. */
    private static void add16(Assembler a) {
        Label again = a.here();
        a.mov(RAX, qword(RDI));
        a.mov(RDX, qword(RDI, 8));
        a.lea(RBX, mem(RAX, 1));
        a.push(RCX);
        a.lea(RCX, mem(RDX, RSI, 1, 0));
        a.lock().cmpxchg16b(xmmword(RDI));
        a.pop(RCX);
        a.jne(again);
    }

    @ParameterizedTest
    @EnumSource
    void cmpxchg16bLosesNoNarrowerLock(Runner runner) {
        try (SoftGuest guest = runner.guest(2)) {
            Together.run(
                    guest,
                    List.of(
                            rounds(ROUNDS, a -> {
                                a.xor(ESI, ESI);
                                add16(a);
                            }),
                            rounds(10 * ROUNDS, a -> a.lock().inc(qword(RDI, 8)))));
            assertThat(guest.get64(WORDS)).isEqualTo(ROUNDS);
            assertThat(guest.get64(WORDS + 8)).isEqualTo(10 * ROUNDS);
        }
    }

    /** Both halves grow together: whichever is read second is not older. */
    @ParameterizedTest
    @EnumSource
    void cmpxchg16bIsSeenWhole(Runner runner) {
        for (boolean lowFirst : new boolean[] {false, true}) {
            try (SoftGuest guest = runner.guest(2)) {
                Together.run(
                        guest,
                        List.of(
                                rounds(ROUNDS, a -> {
                                    a.mov(ESI, 1);
                                    add16(a);
                                }),
                                watch((a, right) -> {
                                    a.mov(RAX, qword(RDI, lowFirst ? 0 : 8));
                                    a.mov(RDX, qword(RDI, lowFirst ? 8 : 0));
                                    a.cmp(RDX, RAX);
                                    a.jae(right);
                                })));
                assertThat(guest.get64(WRONG)).isZero();
                assertThat(guest.get64(WORDS)).isEqualTo(ROUNDS);
                assertThat(guest.get64(WORDS + 8)).isEqualTo(ROUNDS);
            }
        }
    }

    /** mov eax, 0; ret, the number aligned so that a store of it is whole. */
    private static void layFunction(SoftGuest guest) {
        guest.code(CodeSize.CODE64, FUNCTION + 3, a -> {
            a.db(0xb8, 0, 0, 0, 0);
            a.ret();
        });
    }

    /**
     * The protocol for cross-modifying code (Intel SDM vol. 3, 9.1.3): who patches says so, who waits serializes and then must run the
     * new code. In between the function is called often enough to be hot.
     */
    @ParameterizedTest
    @EnumSource
    void runsWhatAnotherVcpuPatchedAndAnnounced(Runner runner) {
        int patches = 200;
        try (SoftGuest guest = runner.guest(2)) {
            layFunction(guest);
            Together.run(
                    guest,
                    List.of(
                            a -> {
                                meet(a);
                                a.mov(RDI, FUNCTION + 4);
                                a.mov(RSI, PATCHED);
                                a.mov(RBP, SEEN);
                                a.mov(ECX, 1);
                                Label top = a.here();
                                a.mov(dword(RDI), ECX);
                                a.mov(dword(RSI), ECX);
                                Label wait = a.here();
                                a.pause();
                                a.cmp(dword(RBP), ECX);
                                a.jne(wait);
                                a.inc(ECX);
                                a.cmp(ECX, patches);
                                a.jbe(top);
                            },
                            a -> {
                                meet(a);
                                a.mov(R12, FUNCTION + 3);
                                a.mov(RSI, PATCHED);
                                a.mov(RBP, SEEN);
                                a.mov(RDI, WRONG);
                                a.mov(R13D, 1);
                                Label round = a.here();
                                Label wait = a.here();
                                a.pause();
                                a.cmp(dword(RSI), R13D);
                                a.jne(wait);
                                a.xor(EAX, EAX);
                                a.cpuid();
                                a.mov(R14D, 50);
                                Label call = a.here();
                                Label right = a.label();
                                a.call(R12);
                                a.cmp(EAX, R13D);
                                a.je(right);
                                a.inc(qword(RDI));
                                a.bind(right);
                                a.dec(R14D);
                                a.jnz(call);
                                a.mov(dword(RBP), R13D);
                                a.inc(R13D);
                                a.cmp(R13D, patches);
                                a.jbe(round);
                            }));
            assertThat(guest.get64(WRONG)).isZero();
            assertThat(guest.get32(SEEN)).isEqualTo(patches);
        }
    }

    /** Without any protocol, in a loop that never leaves: numbers only grow, and the last one arrives. */
    @ParameterizedTest
    @EnumSource
    void followsPatchesInAHotLoop(Runner runner) {
        int last = 2_000;
        try (SoftGuest guest = runner.guest(2)) {
            layFunction(guest);
            Together.run(
                    guest,
                    List.of(
                            a -> {
                                meet(a);
                                a.mov(RDI, FUNCTION + 4);
                                a.mov(ECX, 1);
                                Label top = a.here();
                                a.mov(dword(RDI), ECX);
                                a.mov(EDX, 100);
                                Label delay = a.here();
                                a.dec(EDX);
                                a.jnz(delay);
                                a.inc(ECX);
                                a.cmp(ECX, last);
                                a.jbe(top);
                            },
                            a -> {
                                meet(a);
                                a.mov(R12, FUNCTION + 3);
                                a.mov(RDI, WRONG);
                                a.xor(EBX, EBX);
                                Label top = a.here();
                                Label right = a.label();
                                a.call(R12);
                                a.cmp(EAX, EBX);
                                a.jae(right);
                                a.inc(qword(RDI));
                                a.bind(right);
                                a.mov(EBX, EAX);
                                a.cmp(EBX, last);
                                a.jne(top);
                            }));
            assertThat(guest.get64(WRONG)).isZero();
        }
    }
}
