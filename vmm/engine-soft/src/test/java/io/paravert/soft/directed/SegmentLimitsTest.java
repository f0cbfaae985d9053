package io.paravert.soft.directed;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;
import static io.paravert.soft.SoftGuest.CODE;
import static io.paravert.soft.SoftGuest.DATA;
import static io.paravert.soft.SoftGuest.HANDLERS;
import static io.paravert.soft.directed.ProtectedGuest.FREE;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.isa.Register;
import io.paravert.isa.asm.Assembler;
import io.paravert.vmm.engine.CpuState;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every type of segment with granularity, size and limits, and accesses on all sides of the limit, against a statement of the rule
 * (AMD APM vol. 2, 4.7 and 4.12.1; Intel SDM vol. 3, 5.3) that shares nothing with the engine's. Each segment's base is such that
 * the access falls on the same memory.
 */
class SegmentLimitsTest {
    private static final int SS_FAULT = 12;
    private static final int GP = 13;
    private static final int[] LIMITS = {0, 3, 0xffe, 0xffff, 0xf_ffff};
    private static final int EXPAND_DOWN = 4;
    private static final int CODE_TYPE = 8;

    private record Bounds(long low, long high) {
        static Bounds of(int type, int limit, int flags) {
            long effective = (flags & 8) != 0 ? (long) limit << 12 | 0xfff : limit;
            boolean down = (type & CODE_TYPE) == 0 && (type & EXPAND_DOWN) != 0;
            return down
                    ? new Bounds(effective + 1, (flags & 4) != 0 ? 0xffff_ffffL : 0xffff)
                    : new Bounds(0, effective);
        }

        boolean contains(long offset, int bytes) {
            return offset >= low && offset + bytes - 1 <= high;
        }

        TreeSet<Long> offsets() {
            TreeSet<Long> all = new TreeSet<>();
            for (long edge : new long[] {0, low, high, 0xffff, 0xffff_ffffL}) {
                for (int near : new int[] {-16, -15, -8, -7, -4, -3, -2, -1, 0, 1, 2}) {
                    if (edge + near >= 0 && edge + near <= 0xffff_ffffL) {
                        all.add(edge + near);
                    }
                }
            }
            return all;
        }
    }

    private static Consumer<Assembler> access(int bytes, boolean store, Register base) {
        return a -> {
            switch (bytes) {
                case 1 -> move(a, store, () -> a.mov(byte_(base), CL), () -> a.mov(CL, byte_(base)));
                case 2 -> move(a, store, () -> a.mov(word(base), CX), () -> a.mov(CX, word(base)));
                case 4 -> move(a, store, () -> a.mov(dword(base), ECX), () -> a.mov(ECX, dword(base)));
                case 8 -> move(a, store, () -> a.movq(qword(base), XMM0), () -> a.movq(XMM0, qword(base)));
                default -> move(a, store, () -> a.movups(xmmword(base), XMM0), () -> a.movups(XMM0, xmmword(base)));
            }
            a.hlt();
        };
    }

    private static void move(Assembler a, boolean store, Runnable storing, Runnable loading) {
        (store ? storing : loading).run();
    }

    /** Through DS: all types that it can hold. Through SS (by EBP): writable data, and #SS instead of #GP. */
    @ParameterizedTest
    @EnumSource
    void allowsDataExactlyWithinItsLimit(Runner runner) {
        try (ProtectedGuest guest = new ProtectedGuest(runner)) {
            for (boolean stack : new boolean[] {false, true}) {
                for (int bytes : new int[] {1, 2, 4, 8, 16}) {
                    for (boolean store : new boolean[] {false, true}) {
                        guest.code(access(bytes, store, stack ? EBP : EDI));
                        tryAll(guest, stack, bytes, store);
                    }
                }
            }
        }
    }

    private static void tryAll(ProtectedGuest guest, boolean stack, int bytes, boolean store) {
        for (int type = 0; type < 16; type++) {
            boolean code = (type & CODE_TYPE) != 0;
            boolean readable = !code || (type & 2) != 0;
            boolean writable = !code && (type & 2) != 0;
            // Others cannot be loaded; the accessed bit makes no difference.
            if ((type & 1) == 0 || !readable || stack && !writable) {
                continue;
            }
            for (int flags = 0; flags < 16; flags += 4) {
                for (int limit : LIMITS) {
                    Bounds bounds = Bounds.of(type, limit, flags);
                    for (long offset : bounds.offsets()) {
                        boolean allowed = bounds.contains(offset, bytes) && (!store || writable);
                        int expected = allowed ? -1 : stack ? SS_FAULT : GP;
                        assertThat(vector(guest, stack, type, flags, limit, offset))
                                .as(
                                        "type %x flags %x limit %x offset %x, %d bytes, store %b, stack %b",
                                        type, flags, limit, offset, bytes, store, stack)
                                .isEqualTo(expected);
                    }
                }
            }
        }
    }

    private static int vector(ProtectedGuest guest, boolean stack, int type, int flags, int limit, long offset) {
        CpuState state = guest.enter(0);
        long base = DATA - offset & 0xffff_ffffL;
        long effective = (flags & 8) != 0 ? (long) limit << 12 | 0xfff : limit;
        CpuState.Segment segment = state.segments[stack ? CpuState.SS : CpuState.DS];
        segment.set(FREE, base, (int) effective, 0x90 | type | flags << 8);
        state.general[(stack ? EBP : EDI).number()] = offset;
        // An exception's frame needs a stack.
        if (stack) {
            guest.gate(SS_FAULT, ProtectedGuest.code(0), HANDLERS + 16 * SS_FAULT, 0x8e);
            state.segments[CpuState.CS].set(ProtectedGuest.code(3), 0, -1, 0xcfb);
            segment.set(FREE | 3, base, (int) effective, 0xf0 | type | flags << 8);
        }
        int vector = guest.run();
        // HLT itself is not for level 3.
        boolean reachedHlt = stack && vector == GP && (guest.pushed(1) & 0xffff_ffffL) != CODE;
        return reachedHlt ? -1 : vector;
    }

    /** One-byte instructions that run up to the limit, and the one behind it that faults with its own EIP. */
    @ParameterizedTest
    @EnumSource
    void executesExactlyWithinTheLimit(Runner runner) {
        try (ProtectedGuest guest = new ProtectedGuest(runner)) {
            guest.code(a -> {
                for (int i = 0; i < 12; i++) {
                    a.inc(EAX);
                }
                a.hlt();
            });
            for (int type = 8; type < 16; type++) {
                for (int flags = 4; flags < 16; flags += 8) {
                    for (int limit : LIMITS) {
                        long effective = (flags & 8) != 0 ? (long) limit << 12 | 0xfff : limit;
                        for (int before = 0; before < 4; before++) {
                            long start = effective - before;
                            if (start >= 0 && effective < 0xffff_fff0L) {
                                CpuState state = guest.enter(0);
                                state.rip = start;
                                state.segments[CpuState.CS].set(
                                        FREE, CODE - start & 0xffff_ffffL, (int) effective, 0x91 | type | flags << 8);
                                guest.describe(FREE, CODE - start & 0xffff_ffffL, limit, 0x91 | type, flags);
                                assertThat(guest.run())
                                        .as("limit %x", effective)
                                        .isEqualTo(GP);
                                assertThat(guest.guest.get(RAX)).isEqualTo(before + 1);
                                assertThat(guest.pushed(0)).isZero();
                                assertThat(guest.pushed(1)).isEqualTo((int) (effective + 1));
                            }
                        }
                    }
                }
            }
        }
    }

    /** An instruction that begins within the limit and ends beyond it does not run. */
    @ParameterizedTest
    @EnumSource
    void refusesAnInstructionAcrossTheLimit(Runner runner) {
        try (ProtectedGuest guest = new ProtectedGuest(runner)) {
            guest.code(a -> {
                a.mov(EAX, 0x1234_5678);
                a.hlt();
            });
            for (int missing = 0; missing < 5; missing++) {
                CpuState state = guest.enter(0);
                long limit = 0x100;
                state.rip = limit - 4 + missing;
                state.segments[CpuState.CS].set(FREE, CODE - state.rip, (int) limit, 0x49b);
                int vector = guest.run();
                // Where all of it is there, HLT behind it is not.
                assertThat(vector)
                        .as("%d bytes beyond, %s at %x", missing, guest.guest.exit.failure(), guest.guest.state.rip)
                        .isEqualTo(GP);
                assertThat(guest.guest.get(RAX)).isEqualTo(missing == 0 ? 0x1234_5678 : 0);
                assertThat(guest.pushed(1)).isEqualTo((int) (missing == 0 ? limit + 1 : limit - 4 + missing));
            }
        }
    }

    /** A load through CS needs a readable segment; a store through it is never allowed. */
    @ParameterizedTest
    @EnumSource
    void readsCodeSegmentsIfTheySaySo(Runner runner) {
        try (ProtectedGuest guest = new ProtectedGuest(runner)) {
            for (int type = 8; type < 16; type++) {
                for (boolean store : new boolean[] {false, true}) {
                    guest.code(a -> {
                        a.db(0x2e);
                        if (store) {
                            a.mov(dword(EDI), ECX);
                        } else {
                            a.mov(ECX, dword(EDI));
                        }
                        a.hlt();
                    });
                    CpuState state = guest.enter(0);
                    state.segments[CpuState.CS].set(FREE, 0, -1, 0xc90 | type | 1);
                    state.general[EDI.number()] = DATA;
                    assertThat(guest.run()).isEqualTo(!store && (type & 2) != 0 ? -1 : GP);
                }
            }
        }
    }
}
