package io.paravert.soft.numeric.simd;

/** Logic, blends, masks of sign bits, and the tests that set flags. */
public final class Blend {
    private static final int CF = 1;
    private static final int ZF = 1 << 6;

    private Blend() {}

    /** WORD. */
    public static long pand(long a, long b) {
        return a & b;
    }

    /** WORD: not a, and b. */
    public static long pandn(long a, long b) {
        return ~a & b;
    }

    /** WORD. */
    public static long por(long a, long b) {
        return a | b;
    }

    /** WORD. */
    public static long pxor(long a, long b) {
        return a ^ b;
    }

    /** WORD with a third operand: bytes of b where {@code mask} has its sign bits, else of a. */
    public static long pblendvb(long a, long b, long mask) {
        return Swar.select(Swar.spread(mask, Swar.HIGH_B, 8), b, a);
    }

    /** WORD with a third operand. */
    public static long blendvps(long a, long b, long mask) {
        return Swar.select(Swar.spread(mask, Swar.HIGH_D, 32), b, a);
    }

    /** WORD with a third operand. */
    public static long blendvpd(long a, long b, long mask) {
        return mask < 0 ? b : a;
    }

    /** LANE; both lanes take the whole imm. */
    public static void pblendw(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm) {
        d[di] = Swar.select(wordMask(imm), b[bi], a[ai]);
        d[di + 1] = Swar.select(wordMask(imm >> 4), b[bi + 1], a[ai + 1]);
    }

    /** LANE; also VPBLENDD. The upper lane takes imm >> 4. */
    public static void blendps(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm) {
        d[di] = Swar.select(Shuffle.dwordMask(imm), b[bi], a[ai]);
        d[di + 1] = Swar.select(Shuffle.dwordMask(imm >> 2), b[bi + 1], a[ai + 1]);
    }

    /** LANE; the upper lane takes imm >> 2. */
    public static void blendpd(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm) {
        d[di] = (imm & 1) != 0 ? b[bi] : a[ai];
        d[di + 1] = (imm & 2) != 0 ? b[bi + 1] : a[ai + 1];
    }

    private static long wordMask(int bits) {
        long spread = (bits & 1) | (bits & 2) << 15 | (long) (bits & 4) << 30 | (long) (bits & 8) << 45;
        return spread * 0xffff;
    }

    /** The eight sign bits of a word's bytes, in bits 0..7. */
    public static int pmovmskb(long word) {
        return (int) ((word >>> 7 & 0x0101_0101_0101_0101L) * 0x0102_0408_1020_4080L >>> 56);
    }

    /** The two sign bits of a word's doublewords, in bits 0..1. */
    public static int movmskps(long word) {
        return (int) (word >>> 31 & 1 | word >>> 62 & 2);
    }

    /** The word's sign bit. */
    public static int movmskpd(long word) {
        return (int) (word >>> 63);
    }

    /** WORD: all ones in each doubleword whose sign bit is set: which elements VMASKMOVPS and VPMASKMOVD touch. */
    public static long maskOfDwords(long mask) {
        return Swar.spread(mask, Swar.HIGH_D, 32);
    }

    /** PTEST of {@code words} words: ZF, CF as RFLAGS has them; the other arithmetic flags are clear. */
    public static int ptest(long[] a, int ai, long[] b, int bi, int words) {
        return testFlags(a, ai, b, bi, words, -1L);
    }

    /** VTESTPS: PTEST of the doublewords' sign bits. */
    public static int vtestps(long[] a, int ai, long[] b, int bi, int words) {
        return testFlags(a, ai, b, bi, words, Swar.HIGH_D);
    }

    /** VTESTPD: PTEST of the quadwords' sign bits. */
    public static int vtestpd(long[] a, int ai, long[] b, int bi, int words) {
        return testFlags(a, ai, b, bi, words, Swar.HIGH_Q);
    }

    private static int testFlags(long[] a, int ai, long[] b, int bi, int words, long mask) {
        long and = 0;
        long andNot = 0;
        for (int w = 0; w < words; w++) {
            and |= a[ai + w] & b[bi + w];
            andNot |= ~a[ai + w] & b[bi + w];
        }
        return ((and & mask) == 0 ? ZF : 0) | ((andNot & mask) == 0 ? CF : 0);
    }
}
