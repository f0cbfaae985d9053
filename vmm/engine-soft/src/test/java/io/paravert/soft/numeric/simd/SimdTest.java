package io.paravert.soft.numeric.simd;

import static io.paravert.soft.numeric.simd.SimdCheck.MMX;
import static io.paravert.soft.numeric.simd.SimdCheck.SSE;
import static io.paravert.soft.numeric.simd.SimdCheck.VEX;
import static io.paravert.soft.numeric.simd.SimdCheck.VEX128;

import io.paravert.soft.numeric.ring3.Code;
import io.paravert.soft.numeric.ring3.Differential;
import io.paravert.soft.numeric.ring3.Ring3;
import io.paravert.soft.numeric.simd.PackedConvert.Widening;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Packed integer statements against the processor underneath. */
class SimdTest {
    private static final int ALL = MMX | SSE | VEX;
    private static final int XY = SSE | VEX;
    private static final int UNARY = 0x10;
    private static final int NO_PREFIX = 0x100;

    private static Differential differential;
    private static SimdCheck check;

    @BeforeAll
    static void startTheProcessor() {
        differential = new Differential(Ring3.open("avx2"));
        check = new SimdCheck(differential);
    }

    @AfterAll
    static void stopTheProcessor() {
        if (differential != null) differential.close();
    }

    @Test
    void shouldAddAndSubtractPackedIntegers() {
        check.word("paddb", 0xfc, ALL, PackedAdd::paddb);
        check.word("paddw", 0xfd, ALL, PackedAdd::paddw);
        check.word("paddd", 0xfe, ALL, PackedAdd::paddd);
        check.word("paddq", 0xd4, ALL, PackedAdd::paddq);
        check.word("psubb", 0xf8, ALL, PackedAdd::psubb);
        check.word("psubw", 0xf9, ALL, PackedAdd::psubw);
        check.word("psubd", 0xfa, ALL, PackedAdd::psubd);
        check.word("psubq", 0xfb, ALL, PackedAdd::psubq);
        check.word("paddsb", 0xec, ALL, PackedAdd::paddsb);
        check.word("paddsw", 0xed, ALL, PackedAdd::paddsw);
        check.word("paddusb", 0xdc, ALL, PackedAdd::paddusb);
        check.word("paddusw", 0xdd, ALL, PackedAdd::paddusw);
        check.word("psubsb", 0xe8, ALL, PackedAdd::psubsb);
        check.word("psubsw", 0xe9, ALL, PackedAdd::psubsw);
        check.word("psubusb", 0xd8, ALL, PackedAdd::psubusb);
        check.word("psubusw", 0xd9, ALL, PackedAdd::psubusw);
        check.word("pavgb", 0xe0, ALL, PackedAdd::pavgb);
        check.word("pavgw", 0xe3, ALL, PackedAdd::pavgw);
    }

    @Test
    void shouldAddHorizontallyAndTakeSigns() {
        check.pair("phaddw", 2, 0x01, ALL, PackedAdd::phaddw);
        check.pair("phaddd", 2, 0x02, ALL, PackedAdd::phaddd);
        check.pair("phaddsw", 2, 0x03, ALL, PackedAdd::phaddsw);
        check.pair("phsubw", 2, 0x05, ALL, PackedAdd::phsubw);
        check.pair("phsubd", 2, 0x06, ALL, PackedAdd::phsubd);
        check.pair("phsubsw", 2, 0x07, ALL, PackedAdd::phsubsw);
        check.word("psignb", 2, 0x08, ALL, PackedAdd::psignb);
        check.word("psignw", 2, 0x09, ALL, PackedAdd::psignw);
        check.word("psignd", 2, 0x0a, ALL, PackedAdd::psignd);
        check.word("pabsb", 2, 0x1c, ALL | UNARY, PackedAdd::pabsb);
        check.word("pabsw", 2, 0x1d, ALL | UNARY, PackedAdd::pabsw);
        check.word("pabsd", 2, 0x1e, ALL | UNARY, PackedAdd::pabsd);
    }

    @Test
    void shouldMultiplyPackedIntegers() {
        check.word("pmullw", 0xd5, ALL, PackedMultiply::pmullw);
        check.word("pmulhw", 0xe5, ALL, PackedMultiply::pmulhw);
        check.word("pmulhuw", 0xe4, ALL, PackedMultiply::pmulhuw);
        check.word("pmuludq", 0xf4, ALL, PackedMultiply::pmuludq);
        check.word("pmaddwd", 0xf5, ALL, PackedMultiply::pmaddwd);
        check.word("psadbw", 0xf6, ALL, PackedMultiply::psadbw);
        check.word("pmaddubsw", 2, 0x04, ALL, PackedMultiply::pmaddubsw);
        check.word("pmulhrsw", 2, 0x0b, ALL, PackedMultiply::pmulhrsw);
        check.word("pmuldq", 2, 0x28, XY, PackedMultiply::pmuldq);
        check.word("pmulld", 2, 0x40, XY, PackedMultiply::pmulld);
    }

    @Test
    void shouldComparePackedIntegers() {
        check.word("pcmpeqb", 0x74, ALL, PackedCompare::pcmpeqb);
        check.word("pcmpeqw", 0x75, ALL, PackedCompare::pcmpeqw);
        check.word("pcmpeqd", 0x76, ALL, PackedCompare::pcmpeqd);
        check.word("pcmpgtb", 0x64, ALL, PackedCompare::pcmpgtb);
        check.word("pcmpgtw", 0x65, ALL, PackedCompare::pcmpgtw);
        check.word("pcmpgtd", 0x66, ALL, PackedCompare::pcmpgtd);
        check.word("pcmpeqq", 2, 0x29, XY, PackedCompare::pcmpeqq);
        check.word("pcmpgtq", 2, 0x37, XY, PackedCompare::pcmpgtq);
        check.word("pminub", 0xda, ALL, PackedCompare::pminub);
        check.word("pmaxub", 0xde, ALL, PackedCompare::pmaxub);
        check.word("pminsw", 0xea, ALL, PackedCompare::pminsw);
        check.word("pmaxsw", 0xee, ALL, PackedCompare::pmaxsw);
        check.word("pminsb", 2, 0x38, XY, PackedCompare::pminsb);
        check.word("pminsd", 2, 0x39, XY, PackedCompare::pminsd);
        check.word("pminuw", 2, 0x3a, XY, PackedCompare::pminuw);
        check.word("pminud", 2, 0x3b, XY, PackedCompare::pminud);
        check.word("pmaxsb", 2, 0x3c, XY, PackedCompare::pmaxsb);
        check.word("pmaxsd", 2, 0x3d, XY, PackedCompare::pmaxsd);
        check.word("pmaxuw", 2, 0x3e, XY, PackedCompare::pmaxuw);
        check.word("pmaxud", 2, 0x3f, XY, PackedCompare::pmaxud);
    }

    @Test
    void shouldShiftPackedIntegers() {
        shift("psrlw", 0xd1, 0x71, 2, PackedShift::psrlw);
        shift("psrld", 0xd2, 0x72, 2, PackedShift::psrld);
        shift("psrlq", 0xd3, 0x73, 2, PackedShift::psrlq);
        shift("psraw", 0xe1, 0x71, 4, PackedShift::psraw);
        shift("psrad", 0xe2, 0x72, 4, PackedShift::psrad);
        shift("psllw", 0xf1, 0x71, 6, PackedShift::psllw);
        shift("pslld", 0xf2, 0x72, 6, PackedShift::pslld);
        shift("psllq", 0xf3, 0x73, 6, PackedShift::psllq);
        check.word("vpsrlvd", 2, 0x45, VEX, PackedShift::vpsrlvd);
        check.word("vpsravd", 2, 0x46, VEX, PackedShift::vpsravd);
        check.word("vpsllvd", 2, 0x47, VEX, PackedShift::vpsllvd);
        shiftQuadwords("vpsrlvq", 0x45, PackedShift::vpsrlvq);
        shiftQuadwords("vpsllvq", 0x47, PackedShift::vpsllvq);
    }

    private static void shift(String name, int opcode, int immOpcode, int extension, WordOp op) {
        check.mmx(name, 1, opcode, -1, MMX, op);
        check.lanes(name, 1, opcode, -1, XY, (d, a, b, words) -> Vectors.count(op, d, 0, d, a, d[b], words));
        for (int imm : check.immediates()) {
            byte[] mmx = Code.legacy(0, 1, immOpcode, false, extension, 1, imm);
            differential.check(name, mmx, 16, check::mmxOperands, s -> s.mm(1, op.apply(s.mm(1), imm)));
            byte[] ymm = Code.vex(256, 0x66, 1, false, immOpcode, extension, 0, 1, imm);
            differential.check(name, ymm, 16, check::operands, s -> Vectors.count(op, s.ymm, 0, s.ymm, 4, imm, 4));
        }
    }

    private static void shiftQuadwords(String name, int opcode, WordOp op) {
        byte[] code = Code.vex(256, 0x66, 2, true, opcode, 0, 1, 2, -1);
        differential.check(name, code, 256, check::operands, s -> Vectors.word(op, s.ymm, 0, s.ymm, 4, s.ymm, 8, 4));
    }

    @Test
    void shouldShiftLanesByBytes() {
        for (int imm = 0; imm < 18; imm++) {
            int n = imm;
            byte[] left = Code.vex(256, 0x66, 1, false, 0x73, 7, 0, 1, n);
            differential.check(
                    "pslldq",
                    left,
                    16,
                    check::operands,
                    s -> Vectors.lane(PackedShift::pslldq, s.ymm, 0, s.ymm, 0, s.ymm, 4, 4, n, 0));
            byte[] right = Code.vex(256, 0x66, 1, false, 0x73, 3, 0, 1, n);
            differential.check(
                    "psrldq",
                    right,
                    16,
                    check::operands,
                    s -> Vectors.lane(PackedShift::psrldq, s.ymm, 0, s.ymm, 0, s.ymm, 4, 4, n, 0));
            check.mmx("palignr", 3, 0x0f, n, MMX, (a, b) -> PackedShift.palignrMmx(a, b, n));
        }
        for (int imm : new int[] {0, 1, 7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 32, 33, 255}) {
            check.lanes(
                    "palignr",
                    3,
                    0x0f,
                    imm,
                    XY,
                    (d, a, b, words) -> Vectors.lane(PackedShift::palignr, d, 0, d, a, d, b, words, imm, 0));
        }
    }

    @Test
    void shouldPackAndUnpack() {
        check.pair("packsswb", 1, 0x63, ALL, PackedConvert::packsswb);
        check.pair("packuswb", 1, 0x67, ALL, PackedConvert::packuswb);
        check.pair("packssdw", 1, 0x6b, ALL, PackedConvert::packssdw);
        check.pair("packusdw", 2, 0x2b, XY, PackedConvert::packusdw);
        check.mmx("punpcklbw", 1, 0x60, -1, MMX, PackedConvert::punpcklbwMmx);
        check.mmx("punpcklwd", 1, 0x61, -1, MMX, PackedConvert::punpcklwdMmx);
        check.mmx("punpckldq", 1, 0x62, -1, MMX, PackedConvert::punpckldqMmx);
        check.mmx("punpckhbw", 1, 0x68, -1, MMX, PackedConvert::punpckhbwMmx);
        check.mmx("punpckhwd", 1, 0x69, -1, MMX, PackedConvert::punpckhwdMmx);
        check.mmx("punpckhdq", 1, 0x6a, -1, MMX, PackedConvert::punpckhdqMmx);
        check.lane("punpcklbw", 1, 0x60, XY, PackedConvert::punpcklbw);
        check.lane("punpcklwd", 1, 0x61, XY, PackedConvert::punpcklwd);
        check.lane("punpckldq", 1, 0x62, XY, PackedConvert::punpckldq);
        check.lane("punpckhbw", 1, 0x68, XY, PackedConvert::punpckhbw);
        check.lane("punpckhwd", 1, 0x69, XY, PackedConvert::punpckhwd);
        check.lane("punpckhdq", 1, 0x6a, XY, PackedConvert::punpckhdq);
        check.lane("punpcklqdq", 1, 0x6c, XY, PackedConvert::punpcklqdq);
        check.lane("punpckhqdq", 1, 0x6d, XY, PackedConvert::punpckhqdq);
        check.lane("unpcklps", 1, 0x14, XY | NO_PREFIX, PackedConvert::punpckldq);
        check.lane("unpckhpd", 1, 0x15, XY, PackedConvert::punpckhqdq);
    }

    @Test
    void shouldWidenPackedIntegers() {
        int[] opcodes = {0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35};
        for (int i = 0; i < opcodes.length; i++) {
            Widening kind = Widening.values()[i];
            check.lanes(
                    kind.name(),
                    2,
                    opcodes[i],
                    -1,
                    XY | UNARY,
                    (d, a, b, words) -> PackedConvert.widen(kind, d, 0, d, b, words));
        }
    }

    @Test
    void shouldShuffle() {
        check.mmx("pshufb", 2, 0x00, -1, MMX, Shuffle::pshufbMmx);
        check.lane("pshufb", 2, 0x00, XY, Shuffle::pshufb);
        check.laneImm("pshufd", 1, 0x70, XY | UNARY, 0, Shuffle::pshufd);
        check.laneImm("pshuflw", 1, 0x70, XY | UNARY | 0xf200, 0, Shuffle::pshuflw);
        check.laneImm("pshufhw", 1, 0x70, XY | UNARY | 0xf300, 0, Shuffle::pshufhw);
        check.laneImm("shufps", 1, 0xc6, XY | NO_PREFIX, 0, Shuffle::shufps);
        check.laneImm("shufpd", 1, 0xc6, XY, 2, Shuffle::shufpd);
        check.laneImm("vpermilps", 3, 0x04, VEX | UNARY, 0, Shuffle::pshufd);
        check.laneImm("vpermilpd", 3, 0x05, VEX | UNARY, 2, Shuffle::vpermilpd);
        check.lane("vpermilps", 2, 0x0c, VEX, Shuffle::vpermilps);
        check.lane("vpermilpd", 2, 0x0d, VEX, Shuffle::vpermilpd);
        check.lane("movddup", 1, 0x12, XY | UNARY | 0xf200, Shuffle::movddup);
        check.word("movsldup", 1, 0x12, XY | UNARY | 0xf300, Shuffle::movsldup);
        check.word("movshdup", 1, 0x16, XY | UNARY | 0xf300, Shuffle::movshdup);
        check.laneImm("insertps", 3, 0x21, SSE | VEX128, 0, Shuffle::insertps);
        for (int imm : check.immediates()) {
            check.mmx("pshufw", 1, 0x70, imm, MMX, (a, b) -> Shuffle.pshufw(b, imm));
        }
    }

    @Test
    void shouldInsertAndExtractElements() {
        for (int imm : check.immediates()) {
            byte[] insert = Code.legacy(0x66, 3, 0x20, false, 0, 0, imm);
            differential.check("pinsrb", insert, 16, check::operands, s -> {
                int w = imm >> 3 & 1;
                s.ymm[w] = Shuffle.pinsrb(s.ymm[w], (int) s.gpr[0], imm);
            });
            differential.check("pinsrw", Code.legacy(0x66, 1, 0xc4, false, 0, 0, imm), 16, check::operands, s -> {
                int w = imm >> 2 & 1;
                s.ymm[w] = Shuffle.pinsrw(s.ymm[w], (int) s.gpr[0], imm);
            });
            differential.check("pinsrd", Code.legacy(0x66, 3, 0x22, false, 0, 0, imm), 16, check::operands, s -> {
                int w = imm >> 1 & 1;
                s.ymm[w] = Shuffle.pinsrd(s.ymm[w], (int) s.gpr[0], imm);
            });
            differential.check(
                    "pextrb",
                    Code.legacy(0x66, 3, 0x14, false, 0, 0, imm),
                    16,
                    check::operands,
                    s -> s.gpr[0] = Shuffle.pextrb(s.ymm[imm >> 3 & 1], imm));
            differential.check(
                    "pextrw",
                    Code.legacy(0x66, 1, 0xc5, false, 0, 0, imm),
                    16,
                    check::operands,
                    s -> s.gpr[0] = Shuffle.pextrw(s.ymm[imm >> 2 & 1], imm));
            differential.check(
                    "pextrd",
                    Code.legacy(0x66, 3, 0x16, false, 0, 0, imm),
                    16,
                    check::operands,
                    s -> s.gpr[0] = Shuffle.pextrd(s.ymm[imm >> 1 & 1], imm) & 0xffff_ffffL);
        }
    }

    @Test
    void shouldPermuteAcrossLanes() {
        byte[] vpermd = Code.vex(256, 0x66, 2, false, 0x36, 0, 1, 2, -1);
        differential.check("vpermd", vpermd, 256, check::operands, s -> Shuffle.vpermd(s.ymm, 0, s.ymm, 4, s.ymm, 8));
        byte[] same = Code.vex(256, 0x66, 2, false, 0x16, 1, 1, 1, -1);
        differential.check("vpermps", same, 64, check::operands, s -> Shuffle.vpermd(s.ymm, 4, s.ymm, 4, s.ymm, 4));
        for (int imm : check.immediates()) {
            byte[] vpermq = Code.vex(256, 0x66, 3, true, 0x00, 1, -1, 1, imm);
            differential.check("vpermq", vpermq, 32, check::operands, s -> Shuffle.vpermq(s.ymm, 4, s.ymm, 4, imm));
            byte[] vperm2 = Code.vex(256, 0x66, 3, false, 0x46, 1, 1, 2, imm);
            differential.check(
                    "vperm2i128",
                    vperm2,
                    32,
                    check::operands,
                    s -> Shuffle.vperm2i128(s.ymm, 4, s.ymm, 4, s.ymm, 8, imm));
        }
        broadcast("vpbroadcastb", 0x78, Shuffle::broadcastb);
        broadcast("vpbroadcastw", 0x79, Shuffle::broadcastw);
        broadcast("vpbroadcastd", 0x58, Shuffle::broadcastd);
    }

    private static void broadcast(String name, int opcode, java.util.function.LongUnaryOperator op) {
        byte[] code = Code.vex(256, 0x66, 2, false, opcode, 0, -1, 1, -1);
        differential.check(name, code, 64, check::operands, s -> {
            for (int w = 0; w < 4; w++) s.ymm[w] = op.applyAsLong(s.ymm[4]);
        });
    }

    @Test
    void shouldBlend() {
        check.word("pand", 0xdb, ALL, Blend::pand);
        check.word("pandn", 0xdf, ALL, Blend::pandn);
        check.word("por", 0xeb, ALL, Blend::por);
        check.word("pxor", 0xef, ALL, Blend::pxor);
        check.laneImm("pblendw", 3, 0x0e, XY, 0, Blend::pblendw);
        check.laneImm("blendps", 3, 0x0c, XY, 4, Blend::blendps);
        check.laneImm("blendpd", 3, 0x0d, XY, 2, Blend::blendpd);
        check.laneImm("vpblendd", 3, 0x02, VEX, 4, Blend::blendps);
        blendVariable("pblendvb", 0x4c, Blend::pblendvb);
        blendVariable("blendvps", 0x4a, Blend::blendvps);
        blendVariable("blendvpd", 0x4b, Blend::blendvpd);
    }

    private interface Three {
        long apply(long a, long b, long mask);
    }

    private static void blendVariable(String name, int opcode, Three op) {
        byte[] code = Code.vex(256, 0x66, 3, false, opcode, 0, 1, 2, 0x30);
        differential.check(name, code, 128, check::operands, s -> {
            for (int w = 0; w < 4; w++) s.ymm[w] = op.apply(s.ymm[4 + w], s.ymm[8 + w], s.ymm[12 + w]);
        });
    }

    @Test
    void shouldGatherSignBits() {
        differential.check("pmovmskb", Code.vex(256, 0x66, 1, false, 0xd7, 0, -1, 1, -1), 128, check::operands, s -> {
            long r = 0;
            for (int w = 0; w < 4; w++) r |= (long) Blend.pmovmskb(s.ymm[4 + w]) << 8 * w;
            s.gpr[0] = r;
        });
        differential.check("movmskps", Code.vex(256, 0, 1, false, 0x50, 0, -1, 1, -1), 128, check::operands, s -> {
            long r = 0;
            for (int w = 0; w < 4; w++) r |= (long) Blend.movmskps(s.ymm[4 + w]) << 2 * w;
            s.gpr[0] = r;
        });
        differential.check("movmskpd", Code.vex(256, 0x66, 1, false, 0x50, 0, -1, 1, -1), 128, check::operands, s -> {
            long r = 0;
            for (int w = 0; w < 4; w++) r |= (long) Blend.movmskpd(s.ymm[4 + w]) << w;
            s.gpr[0] = r;
        });
    }

    private interface FlagTest {
        int flags(long[] a, int ai, long[] b, int bi, int words);
    }

    @Test
    void shouldTestIntoFlags() {
        flagTest("ptest", 0x17, Blend::ptest);
        flagTest("vtestps", 0x0e, Blend::vtestps);
        flagTest("vtestpd", 0x0f, Blend::vtestpd);
    }

    private static void flagTest(String name, int opcode, FlagTest op) {
        for (int length : new int[] {128, 256}) {
            byte[] code = Code.vex(length, 0x66, 2, false, opcode, 1, -1, 2, -1);
            differential.check(
                    name,
                    code,
                    128,
                    s -> {
                        check.operands(s);
                        int rule = differential.random().nextInt(4);
                        for (int w = 0; w < 4; w++) {
                            if (rule == 0) s.ymm[8 + w] &= s.ymm[4 + w];
                            if (rule == 1) s.ymm[8 + w] &= ~s.ymm[4 + w];
                        }
                    },
                    s -> s.rflags = s.rflags & ~0x8d5L | op.flags(s.ymm, 4, s.ymm, 8, length / 64));
        }
    }

    @Test
    void shouldMatchBlocks() {
        check.laneImm("mpsadbw", 3, 0x42, XY, 3, BlockMatch::mpsadbw);
        check.lane("phminposuw", 2, 0x41, SSE | VEX128 | UNARY, BlockMatch::phminposuw);
    }
}
