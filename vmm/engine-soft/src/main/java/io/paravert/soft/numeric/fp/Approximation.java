package io.paravert.soft.numeric.fp;

import static io.paravert.soft.numeric.fp.Format.SINGLE;

/**
 * RCPSS and RSQRTSS: the value rounded to twelve bits, so within 2^-12 relative (documented: 1.5 * 2^-12). Processors differ in
 * the bits that they give. No flags, no rounding control; denormals count as zeros, and tiny results become zeros.
 */
public final class Approximation {
    private Approximation() {}

    public static int rcpss(int v) {
        if (SingleArithmetic.isNan(v)) return v | (int) SINGLE.quiet;
        double x = Float.intBitsToFloat(flushed(v));
        return flushed(rounded(1 / x));
    }

    public static int rsqrtss(int v) {
        if (SingleArithmetic.isNan(v)) return v | (int) SINGLE.quiet;
        double x = Float.intBitsToFloat(flushed(v));
        if (x == 0) return (int) SINGLE.infinity(v < 0);
        if (x < 0) return (int) SINGLE.indefinite;
        return rounded(1 / Math.sqrt(x));
    }

    public static long rcpps(long v) {
        return SingleArithmetic.word(rcpss((int) v), rcpss((int) (v >>> 32)));
    }

    public static long rsqrtps(long v) {
        return SingleArithmetic.word(rsqrtss((int) v), rsqrtss((int) (v >>> 32)));
    }

    private static int flushed(int v) {
        return SINGLE.isDenormal(v & 0xffff_ffffL) ? v & Integer.MIN_VALUE : v;
    }

    private static int rounded(double r) {
        int bits = Float.floatToRawIntBits((float) r);
        return bits + 0x800 & ~0xfff;
    }
}
