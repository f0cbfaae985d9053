package io.paravert.soft.numeric.fp;

/** Horizontal and alternating sums, and dot products. HADDPD is ADDSD and HSUBPD SUBSD in the PAIR shape. */
public final class Horizontal {
    private Horizontal() {}

    /** PAIR. */
    public static long haddps(long lo, long hi, Mxcsr m) {
        return SingleArithmetic.word(
                SingleArithmetic.addss((int) lo, (int) (lo >>> 32), m),
                SingleArithmetic.addss((int) hi, (int) (hi >>> 32), m));
    }

    /** PAIR. */
    public static long hsubps(long lo, long hi, Mxcsr m) {
        return SingleArithmetic.word(
                SingleArithmetic.subss((int) lo, (int) (lo >>> 32), m),
                SingleArithmetic.subss((int) hi, (int) (hi >>> 32), m));
    }

    /** WORD: subtracts the even element, adds the odd one. (ADDSUBPD: SUBSD of even words, ADDSD of odd ones.) */
    public static long addsubps(long a, long b, Mxcsr m) {
        return SingleArithmetic.word(
                SingleArithmetic.subss((int) a, (int) b, m),
                SingleArithmetic.addss((int) (a >>> 32), (int) (b >>> 32), m));
    }

    /**
     * The sums of DPPS, (p0 + p1) + (p2 + p3) in each lane, the upper lane's in the high half of the result; products that imm[7:4]
     * does not name count as +0. {@link #dppsWord} then gives the words of the result. Made in steps, as the processor does: where
     * a step raises an unmasked exception, later steps are not made.
     *
     * @param words 2 or 4
     */
    public static long dpps(long[] a, int ai, long[] b, int bi, int words, int imm, Mxcsr m) {
        boolean upper = words == 4;
        long p = products(a[ai], b[bi], imm, m);
        long q = products(a[ai + 1], b[bi + 1], imm >> 2, m);
        long r = upper ? products(a[ai + 2], b[bi + 2], imm, m) : 0;
        long s = upper ? products(a[ai + 3], b[bi + 3], imm >> 2, m) : 0;
        if (endStep(m)) return 0;
        long low = haddps(p, q, m);
        long high = upper ? haddps(r, s, m) : 0;
        if (endStep(m)) return 0;
        return haddps(low, high, m);
    }

    private static long products(long a, long b, int imm, Mxcsr m) {
        return SingleArithmetic.word(
                (imm & 0x10) == 0 ? 0 : SingleArithmetic.mulss((int) a, (int) b, m),
                (imm & 0x20) == 0 ? 0 : SingleArithmetic.mulss((int) (a >>> 32), (int) (b >>> 32), m));
    }

    /** Makes a step's exceptions sticky; true keeps them, so that the instruction's own commit also says that it traps. */
    private static boolean endStep(Mxcsr m) {
        if (m.commit()) return true;
        m.begin();
        return false;
    }

    /** Word 0 or 1 of a lane of DPPS: the lane's sum where imm[3:0] says so. */
    public static long dppsWord(int sum, int imm, int word) {
        int bits = imm >> 2 * word;
        return SingleArithmetic.word((bits & 1) != 0 ? sum : 0, (bits & 2) != 0 ? sum : 0);
    }

    /** The sum of DPPD, in steps like DPPS; the result's word w is the sum where bit w of imm is set, else zero. */
    public static long dppd(long[] a, int ai, long[] b, int bi, int imm, Mxcsr m) {
        long p0 = (imm & 0x10) == 0 ? 0 : DoubleArithmetic.mulsd(a[ai], b[bi], m);
        long p1 = (imm & 0x20) == 0 ? 0 : DoubleArithmetic.mulsd(a[ai + 1], b[bi + 1], m);
        if (endStep(m)) return 0;
        return DoubleArithmetic.addsd(p0, p1, m);
    }
}
