package io.paravert.soft.numeric.fp;

import static io.paravert.soft.numeric.ring3.Code.vex;

import io.paravert.soft.numeric.ring3.Code;
import io.paravert.soft.numeric.ring3.Differential;
import io.paravert.soft.numeric.ring3.Ring3;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Floating-point statements of SSE and AVX against the processor underneath. */
class FpTest {
    private static Differential differential;
    private static FpCheck check;

    @BeforeAll
    static void startTheProcessor() {
        differential = new Differential(Ring3.open("avx2", "fma", "f16c"));
        check = new FpCheck(differential);
    }

    @AfterAll
    static void stopTheProcessor() {
        if (differential != null) differential.close();
    }

    @Test
    void shouldAddAndSubtractAsTheProcessor() {
        check.binary("add", 0x58, DoubleArithmetic::addsd, SingleArithmetic::addss);
        check.binary("sub", 0x5c, DoubleArithmetic::subsd, SingleArithmetic::subss);
    }

    @Test
    void shouldMultiplyAndDivideAsTheProcessor() {
        check.binary("mul", 0x59, DoubleArithmetic::mulsd, SingleArithmetic::mulss);
        check.binary("div", 0x5e, DoubleArithmetic::divsd, SingleArithmetic::divss);
    }

    @Test
    void shouldTakeSquareRootsAsTheProcessor() {
        check.check("sqrtsd", vex(128, 0xf2, 1, false, 0x51, 0, 1, 2, -1), true, 4, (s, r, m) -> {
            r[0] = DoubleArithmetic.sqrtsd(s.ymm[8], m);
            r[1] = s.ymm[5];
            r[2] = r[3] = 0;
        });
        check.check("sqrtpd", vex(256, 0x66, 1, false, 0x51, 0, -1, 2, -1), true, 4, (s, r, m) -> {
            for (int w = 0; w < 4; w++) r[w] = DoubleArithmetic.sqrtsd(s.ymm[8 + w], m);
        });
        check.check("sqrtps", vex(256, 0, 1, false, 0x51, 0, -1, 2, -1), false, 4, (s, r, m) -> {
            for (int w = 0; w < 4; w++) r[w] = SingleArithmetic.sqrtps(s.ymm[8 + w], m);
        });
    }

    @Test
    void shouldFindExtremesAsTheProcessor() {
        check.binary("min", 0x5d, Compare::minsd, Compare::minss);
        check.binary("max", 0x5f, Compare::maxsd, Compare::maxss);
    }

    @Test
    void shouldCompareByEveryPredicateAsTheProcessor() {
        for (int p = 0; p < 32; p++) {
            int predicate = p;
            check.check("cmppd" + p, vex(256, 0x66, 1, false, 0xc2, 0, 1, 2, p), true, 4, (s, r, m) -> {
                for (int w = 0; w < 4; w++) r[w] = Compare.cmpsd(s.ymm[4 + w], s.ymm[8 + w], predicate, m);
            });
            check.check("cmpps" + p, vex(256, 0, 1, false, 0xc2, 0, 1, 2, p), false, 4, (s, r, m) -> {
                for (int w = 0; w < 4; w++) r[w] = Compare.cmpps(s.ymm[4 + w], s.ymm[8 + w], predicate, m);
            });
        }
    }

    @Test
    void shouldCompareIntoFlagsAsTheProcessor() {
        for (int i = 0; i < 2; i++) {
            int opcode = 0x2e + i;
            boolean signalling = i == 1;
            int[] flags = new int[1];
            check.check(
                    "comisd",
                    Code.legacy(0x66, 1, opcode, false, 1, 2, -1),
                    true,
                    (s, r, m) -> flags[0] = Compare.comisd(s.ymm[4], s.ymm[8], signalling, m),
                    s -> s.rflags = s.rflags & ~0x8d5L | flags[0]);
            check.check(
                    "comiss",
                    Code.legacy(0, 1, opcode, false, 1, 2, -1),
                    false,
                    (s, r, m) -> flags[0] = Compare.comiss((int) s.ymm[4], (int) s.ymm[8], signalling, m),
                    s -> s.rflags = s.rflags & ~0x8d5L | flags[0]);
        }
    }

    @Test
    void shouldConvertFromIntegersAsTheProcessor() {
        check.check("cvtsi2sd", vex(128, 0xf2, 1, true, 0x2a, 0, 1, 0, -1), true, 4, (s, r, m) -> {
            r[0] = Convert.cvtsi2sd(s.gpr[0], m);
            r[1] = s.ymm[5];
            r[2] = r[3] = 0;
        });
        for (boolean w : new boolean[] {false, true}) {
            check.check("cvtsi2ss", vex(128, 0xf3, 1, w, 0x2a, 0, 1, 0, -1), true, 4, (s, r, m) -> {
                int f = Convert.cvtsi2ss(w ? s.gpr[0] : (int) s.gpr[0], m);
                r[0] = SingleArithmetic.word(f, (int) (s.ymm[4] >>> 32));
                r[1] = s.ymm[5];
                r[2] = r[3] = 0;
            });
        }
        check.check("cvtdq2ps", vex(256, 0, 1, false, 0x5b, 0, -1, 1, -1), false, 4, (s, r, m) -> {
            for (int w = 0; w < 4; w++) r[w] = Convert.cvtdq2ps(s.ymm[4 + w], m);
        });
    }

    @Test
    void shouldConvertToIntegersAsTheProcessor() {
        for (boolean truncate : new boolean[] {false, true}) {
            int opcode = truncate ? 0x2c : 0x2d;
            for (boolean w : new boolean[] {false, true}) {
                check.check(
                        "cvtsd2si",
                        Code.legacy(0xf2, 1, opcode, w, 0, 1, -1),
                        true,
                        (s, r, m) -> {
                            long v = s.ymm[4];
                            r[0] = w
                                    ? Convert.cvtsd2si64(v, truncate, m)
                                    : Convert.cvtsd2si32(v, truncate, m) & 0xffff_ffffL;
                            rax = r[0];
                        },
                        FpTest::toRax);
                check.check(
                        "cvtss2si",
                        Code.legacy(0xf3, 1, opcode, w, 0, 1, -1),
                        false,
                        (s, r, m) -> {
                            int v = (int) s.ymm[4];
                            r[0] = w
                                    ? Convert.cvtss2si64(v, truncate, m)
                                    : Convert.cvtss2si32(v, truncate, m) & 0xffff_ffffL;
                            rax = r[0];
                        },
                        FpTest::toRax);
            }
            int packed = truncate ? 0xf300 : 0x6600;
            check.check("cvtps2dq", vex(256, packed >> 8, 1, false, 0x5b, 0, -1, 1, -1), false, 4, (s, r, m) -> {
                for (int i = 0; i < 4; i++) r[i] = Convert.cvtps2dq(s.ymm[4 + i], truncate, m);
            });
            check.check(
                    "cvtpd2dq", vex(256, truncate ? 0x66 : 0xf2, 1, false, 0xe6, 0, -1, 1, -1), true, 4, (s, r, m) -> {
                        r[0] = Convert.cvtpd2dq(s.ymm[4], s.ymm[5], truncate, m);
                        r[1] = Convert.cvtpd2dq(s.ymm[6], s.ymm[7], truncate, m);
                        r[2] = r[3] = 0;
                    });
        }
    }

    private static long rax;

    private static void toRax(io.paravert.soft.numeric.ring3.Ring3State s) {
        s.gpr[0] = rax;
    }

    @Test
    void shouldConvertBetweenFormatsAsTheProcessor() {
        check.check("cvtps2pd", vex(256, 0, 1, false, 0x5a, 0, -1, 1, -1), false, 4, (s, r, m) -> {
            for (int w = 0; w < 4; w++) r[w] = Convert.cvtss2sd((int) (s.ymm[4 + w / 2] >>> 32 * (w & 1)), m);
        });
        check.check("cvtpd2ps", vex(256, 0x66, 1, false, 0x5a, 0, -1, 1, -1), true, 4, (s, r, m) -> {
            r[0] = Convert.cvtpd2ps(s.ymm[4], s.ymm[5], m);
            r[1] = Convert.cvtpd2ps(s.ymm[6], s.ymm[7], m);
            r[2] = r[3] = 0;
        });
        check.check("vcvtph2ps", vex(256, 0x66, 2, false, 0x13, 0, -1, 1, -1), false, 4, (s, r, m) -> {
            for (int w = 0; w < 4; w++) {
                int halves = (int) (s.ymm[4 + w / 2] >>> 32 * (w & 1));
                r[w] = SingleArithmetic.word(Convert.vcvtph2ps(halves, m), Convert.vcvtph2ps(halves >>> 16, m));
            }
        });
        for (int i = 0; i < 8; i++) {
            int imm = i;
            check.check("vcvtps2ph" + i, vex(256, 0x66, 3, false, 0x1d, 1, -1, 0, i), false, 4, (s, r, m) -> {
                r[0] = r[1] = r[2] = r[3] = 0;
                for (int e = 0; e < 8; e++) {
                    long half = Convert.vcvtps2ph((int) (s.ymm[4 + e / 2] >>> 32 * (e & 1)), imm, m) & 0xffffL;
                    r[e / 4] |= half << 16 * (e & 3);
                }
            });
        }
    }

    @Test
    void shouldRoundToIntegralValuesAsTheProcessor() {
        for (int i = 0; i < 16; i++) {
            int imm = i;
            check.check("roundpd", vex(256, 0x66, 3, false, 0x09, 0, -1, 1, imm), true, 4, (s, r, m) -> {
                for (int w = 0; w < 4; w++) r[w] = Convert.roundsd(s.ymm[4 + w], imm, m);
            });
            check.check("roundps", vex(256, 0x66, 3, false, 0x08, 0, -1, 1, imm), false, 4, (s, r, m) -> {
                for (int w = 0; w < 4; w++) r[w] = Convert.roundps(s.ymm[4 + w], imm, m);
            });
        }
    }

    @Test
    void shouldAddHorizontallyAsTheProcessor() {
        check.check(
                "haddps",
                vex(256, 0xf2, 1, false, 0x7c, 0, 1, 2, -1),
                false,
                4,
                (s, r, m) -> pairs(s.ymm, r, Horizontal::haddps, m));
        check.check(
                "hsubps",
                vex(256, 0xf2, 1, false, 0x7d, 0, 1, 2, -1),
                false,
                4,
                (s, r, m) -> pairs(s.ymm, r, Horizontal::hsubps, m));
        check.check(
                "haddpd",
                vex(256, 0x66, 1, false, 0x7c, 0, 1, 2, -1),
                true,
                4,
                (s, r, m) -> pairs(s.ymm, r, DoubleArithmetic::addsd, m));
        check.check(
                "hsubpd",
                vex(256, 0x66, 1, false, 0x7d, 0, 1, 2, -1),
                true,
                4,
                (s, r, m) -> pairs(s.ymm, r, DoubleArithmetic::subsd, m));
        check.check("addsubps", vex(256, 0xf2, 1, false, 0xd0, 0, 1, 2, -1), false, 4, (s, r, m) -> {
            for (int w = 0; w < 4; w++) r[w] = Horizontal.addsubps(s.ymm[4 + w], s.ymm[8 + w], m);
        });
    }

    private static void pairs(long[] ymm, long[] r, FpCheck.Double2 op, Mxcsr m) {
        for (int w = 0; w < 4; w += 2) {
            r[w] = op.apply(ymm[4 + w], ymm[5 + w], m);
            r[w + 1] = op.apply(ymm[8 + w], ymm[9 + w], m);
        }
    }

    @Test
    void shouldFuseMultiplyAndAddAsTheProcessor() {
        String[] names = {"vfmadd", "vfmsub", "vfnmadd", "vfnmsub"};
        int[] negations = {0, Fma.NEGATE_ADDEND, Fma.NEGATE_PRODUCT, Fma.NEGATE_PRODUCT | Fma.NEGATE_ADDEND};
        for (int form = 0; form < 3; form++) {
            int x = new int[] {0, 4, 4}[form]; // operand 1 is YMM0, 2 YMM1, 3 YMM2
            int y = new int[] {8, 0, 8}[form];
            int z = new int[] {4, 8, 0}[form];
            for (int i = 0; i < 4; i++) {
                int opcode = 0x98 + form * 0x10 + 2 * i;
                fma(names[i] + new int[] {132, 213, 231}[form], opcode, x, y, z, negations[i], negations[i]);
            }
            fma("vfmaddsub", 0x96 + form * 0x10, x, y, z, Fma.NEGATE_ADDEND, 0);
            fma("vfmsubadd", 0x97 + form * 0x10, x, y, z, 0, Fma.NEGATE_ADDEND);
        }
    }

    private static void fma(String name, int opcode, int x, int y, int z, int even, int odd) {
        check.check(name + "pd", vex(256, 0x66, 2, true, opcode, 0, 1, 2, -1), true, 4, (s, r, m) -> {
            for (int w = 0; w < 4; w++) {
                r[w] = DoubleArithmetic.fma(s.ymm[x + w], s.ymm[y + w], s.ymm[z + w], w % 2 == 0 ? even : odd, m);
            }
        });
        check.check(name + "ps", vex(256, 0x66, 2, false, opcode, 0, 1, 2, -1), false, 4, (s, r, m) -> {
            for (int w = 0; w < 4; w++) r[w] = Fma.ps(s.ymm[x + w], s.ymm[y + w], s.ymm[z + w], even, odd, m);
        });
    }

    @Test
    void shouldComputeDotProductsAsTheProcessor() {
        for (int imm : new int[] {0xff, 0xf1, 0x31, 0x53, 0x85, 0xca, 0x7f, 0x00, 0x0f}) {
            check.check("dpps" + imm, vex(256, 0x66, 3, false, 0x40, 0, 1, 2, imm), false, 4, (s, r, m) -> {
                long sums = Horizontal.dpps(s.ymm, 4, s.ymm, 8, 4, imm, m);
                for (int w = 0; w < 4; w++) r[w] = Horizontal.dppsWord((int) (sums >>> 16 * (w & 2)), imm, w & 1);
            });
            check.check("dppd" + imm, vex(128, 0x66, 3, false, 0x41, 0, 1, 2, imm), true, 4, (s, r, m) -> {
                long sum = Horizontal.dppd(s.ymm, 4, s.ymm, 8, imm, m);
                r[0] = (imm & 1) != 0 ? sum : 0;
                r[1] = (imm & 2) != 0 ? sum : 0;
                r[2] = r[3] = 0;
            });
        }
    }

    /** What is specified is a relative error below 1.5 * 2^-12; special values must be exact. */
    @Test
    void shouldApproximateWithinTheSpecifiedErrorOfTheProcessor() {
        differential.accepting((want, got) -> {
            if (want.mxcsr() != got.mxcsr() || got.trap != -1) return false;
            for (int e = 0; e < 8; e++) {
                float w = Float.intBitsToFloat((int) (want.ymm[e / 2] >>> 32 * (e & 1)));
                float g = Float.intBitsToFloat((int) (got.ymm[e / 2] >>> 32 * (e & 1)));
                boolean close = Math.abs(w - g) <= Math.abs(w) * 3 * 0x1p-12;
                boolean vanished = Math.abs(w) == Float.MIN_NORMAL && g == 0; // Zen's 1 / 2^126 is just below it
                if (!close && !vanished && Float.floatToRawIntBits(w) != Float.floatToRawIntBits(g)) return false;
            }
            return true;
        });
        check.check("rcpps", vex(256, 0, 1, false, 0x53, 0, -1, 1, -1), false, 4, (s, r, m) -> {
            for (int w = 0; w < 4; w++) r[w] = Approximation.rcpps(s.ymm[4 + w]);
        });
        check.check("rsqrtps", vex(256, 0, 1, false, 0x52, 0, -1, 1, -1), false, 4, (s, r, m) -> {
            for (int w = 0; w < 4; w++) r[w] = Approximation.rsqrtps(s.ymm[4 + w]);
        });
        differential.accepting((want, got) -> false);
    }
}
