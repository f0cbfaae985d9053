package io.paravert.soft.directed;

import static io.paravert.isa.Register.*;
import static io.paravert.isa.asm.Addresses.*;
import static io.paravert.soft.SoftGuest.CODE;
import static io.paravert.soft.SoftGuest.DATA;
import static io.paravert.vmm.engine.ExitReason.HALT;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.isa.CodeSize;
import io.paravert.isa.asm.Assembler;
import io.paravert.isa.asm.Label;
import io.paravert.soft.SoftGuest;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where other engines are known to have been wrong. */
class TrapsTest {
    private static final int GP = 13;
    private static final int PF = 14;
    /** A page of the first 2 MiB, and the one behind it, which is taken away. */
    private static final long PAGE = DATA + 0x4000;

    private static final long GONE = PAGE + 0x1000;
    /** TSD, DE, PSE, PAE, MCE, PGE, OSFXSR, OSXMMEXCPT, UMIP, FSGSBASE, PCIDE, OSXSAVE, SMEP, SMAP. */
    private static final long CR4_BITS = 0x37_0efc;

    private static void removePage(SoftGuest guest) {
        guest.put64(SoftGuest.TABLE + 8 * (GONE >> 12), 0);
    }

    private static int vectorOf(Runner runner, Consumer<Assembler> source) {
        try (SoftGuest guest = runner.guest()) {
            // A supervisor's pages, which SMEP and SMAP let alone.
            guest.put64(SoftGuest.PML4, SoftGuest.PDPT | 3);
            guest.code(a -> {
                source.accept(a);
                a.hlt();
            });
            assertThat(guest.run()).isEqualTo(HALT);
            return guest.vector();
        }
    }

    /** In 64-bit mode, all bits of CR4 by themselves beside PAE: those whose feature is not there are #GP, LA57 among them. */
    @ParameterizedTest
    @EnumSource
    void refusesReservedBitsOfCr4(Runner runner) {
        for (int bit = 0; bit < 64; bit++) {
            long value = 1L << bit | 0x20;
            int vector = vectorOf(runner, a -> {
                a.mov(RAX, value);
                a.mov(CR4, RAX);
            });
            assertThat(vector).as("bit " + bit).isEqualTo((CR4_BITS >> bit & 1) != 0 ? -1 : GP);
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesToLeavePaeInLongMode(Runner runner) {
        assertThat(vectorOf(runner, a -> {
                    a.mov(EAX, 0x680);
                    a.mov(CR4, RAX);
                }))
                .isEqualTo(GP);
    }

    /** PCIDE can be set only while CR3 names process context 0. */
    @ParameterizedTest
    @EnumSource
    void refusesPcideWithAProcessContext(Runner runner) {
        assertThat(vectorOf(runner, a -> {
                    a.mov(RAX, CR3);
                    a.or(RAX, 5 << 3);
                    a.mov(CR3, RAX);
                    a.mov(RAX, CR4);
                    a.bts(RAX, imm(17));
                    a.mov(CR4, RAX);
                }))
                .isEqualTo(GP);
    }

    @ParameterizedTest
    @ValueSource(ints = {0xc0000082, 0xc0000083, 0xc0000100, 0xc0000101, 0xc0000102, 0x175, 0x176})
    void refusesNonCanonicalBases(int msr) {
        for (Runner runner : Runner.values()) {
            for (long[] value : new long[][] {
                {0x8000_0000_0000L, GP},
                {0xffff_7fff_ffff_ffffL, GP},
                {0x7fff_ffff_ffffL, -1},
                {0xffff_8000_0000_0000L, -1}
            }) {
                assertThat(vectorOf(runner, a -> {
                            a.mov(ECX, msr);
                            a.mov(EAX, (int) value[0]);
                            a.mov(EDX, (int) (value[0] >>> 32));
                            a.wrmsr();
                        }))
                        .as(Long.toHexString(value[0]))
                        .isEqualTo((int) value[1]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesANonCanonicalBaseByWrfsbase(Runner runner) {
        assertThat(vectorOf(runner, a -> {
                    a.mov(RAX, CR4);
                    a.or(RAX, 1 << 16);
                    a.mov(CR4, RAX);
                    a.mov(RAX, 0x8000_0000_0000L);
                    a.wrfsbase(RAX);
                }))
                .isEqualTo(GP);
    }

    /** Only the second page is not there: it is named, and nothing has been written to the first. */
    @ParameterizedTest
    @EnumSource
    void faultsForTheSecondPageAlone(Runner runner) {
        try (SoftGuest guest = runner.guest()) {
            removePage(guest);
            guest.put64(GONE - 8, 0x1122_3344_5566_7788L);
            guest.code(a -> {
                a.mov(RDI, GONE - 0x400);
                Label top = a.here();
                // Hot at last, and then across the edge.
                a.mov(qword(RDI, 0), RDI);
                a.add(RDI, 8);
                a.cmp(RDI, GONE - 16);
                a.jb(top);
                a.mov(RDI, GONE - 3);
                a.jmp(top);
            });
            assertThat(guest.run()).isEqualTo(HALT);
            assertThat(guest.vector()).isEqualTo(PF);
            assertThat(guest.state.cr2).isEqualTo(GONE);
            assertThat(guest.errorCode()).isEqualTo(2);
            assertThat(guest.get(RDI)).isEqualTo(GONE - 3);
            assertThat(guest.get64(GONE - 8)).isEqualTo(0x1122_3344_5566_7788L);
        }
    }

    /** An instruction whose second byte lies on a page that is not there: a fetch. */
    @ParameterizedTest
    @EnumSource
    void faultsForTheSecondPageOfAnInstruction(Runner runner) {
        try (SoftGuest guest = runner.guest()) {
            removePage(guest);
            guest.put8(GONE - 1, 0x48);
            guest.put8(GONE - 2, 0x90);
            guest.code(a -> {
                a.mov(RAX, GONE - 2);
                a.jmp(RAX);
            });
            assertThat(guest.run()).isEqualTo(HALT);
            assertThat(guest.vector()).isEqualTo(PF);
            assertThat(guest.state.cr2).isEqualTo(GONE);
            assertThat(guest.faultRip(true)).isEqualTo(GONE - 1);
        }
    }

    /** REP MOVS has moved what it could, and its registers say how far it is. */
    @ParameterizedTest
    @EnumSource
    void faultsInTheMiddleOfARepeatedMove(Runner runner) {
        try (SoftGuest guest = runner.guest()) {
            removePage(guest);
            guest.code(a -> {
                a.mov(RSI, DATA);
                a.mov(RDI, GONE - 0x123);
                a.mov(ECX, 0x1000);
                a.rep().movsb();
            });
            for (int i = 0; i < 0x200; i++) {
                guest.put8(DATA + i, i * 7);
            }
            assertThat(guest.run()).isEqualTo(HALT);
            assertThat(guest.vector()).isEqualTo(PF);
            assertThat(guest.state.cr2).isEqualTo(GONE);
            assertThat(guest.get(RCX)).isEqualTo(0x1000 - 0x123);
            assertThat(guest.get(RDI)).isEqualTo(GONE);
            assertThat(guest.get(RSI)).isEqualTo(DATA + 0x123);
            assertThat(guest.get32(GONE - 4) >>> 24).isEqualTo(0x122 * 7 & 0xff);
        }
    }

    /** Operand and address size prefixes count once, however often they stand there. */
    @ParameterizedTest
    @EnumSource
    void countsPrefixesOnce(Runner runner) {
        try (SoftGuest guest = runner.guest()) {
            guest.code(a -> {
                a.mov(RAX, -1L);
                a.mov(RBX, 0x1_0000_0000L | DATA);
                a.db(0x66, 0x66, 0x66, 0xb8, 0x34, 0x12); // mov ax, 0x1234
                a.db(0x67, 0x67, 0x8b, 0x0b); // mov ecx, [ebx]
                a.hlt();
            });
            guest.put32(DATA, 0x5678);
            assertThat(guest.run()).isEqualTo(HALT);
            assertThat(guest.vector()).isEqualTo(-1);
            assertThat(guest.get(RAX)).isEqualTo(0xffff_ffff_ffff_1234L);
            assertThat(guest.get(RCX)).isEqualTo(0x5678);
        }
    }

    /** Fifteen bytes are the longest instruction. */
    @ParameterizedTest
    @EnumSource
    void refusesSixteenBytes(Runner runner) {
        for (int prefixes : new int[] {14, 15}) {
            assertThat(vectorOf(runner, a -> {
                        for (int i = 0; i < prefixes; i++) {
                            a.db(0x66);
                        }
                        a.db(0x90);
                    }))
                    .isEqualTo(prefixes == 14 ? -1 : GP);
        }
    }

    /** Page tables change under a region that is running: INVLPG, and a write of CR3, take effect at once. */
    @ParameterizedTest
    @EnumSource
    void followsRemappingInTheMiddleOfHotCode(Runner runner) {
        for (boolean byCr3 : new boolean[] {false, true}) {
            try (SoftGuest guest = runner.guest()) {
                long entry = SoftGuest.TABLE + 8 * (PAGE >> 12);
                guest.put64(PAGE, 1);
                guest.put64(GONE, 1000);
                guest.code(CodeSize.CODE64, CODE, a -> {
                    a.mov(ECX, 100);
                    a.mov(RDI, PAGE);
                    a.mov(RSI, entry);
                    Label top = a.here();
                    a.add(RBX, qword(RDI));
                    a.xor(qword(RSI), (int) (PAGE ^ GONE));
                    if (byCr3) {
                        a.mov(RAX, CR3);
                        a.mov(CR3, RAX);
                    } else {
                        a.invlpg(mem(RDI));
                    }
                    a.add(RBX, qword(RDI));
                    a.dec(ECX);
                    a.jnz(top);
                    a.hlt();
                });
                assertThat(guest.run()).isEqualTo(HALT);
                assertThat(guest.get(RBX)).isEqualTo(100 * 1001);
            }
        }
    }
}
