package io.paravert.soft.numeric.simd;

import static io.paravert.soft.numeric.simd.Swar.HIGH_B;
import static io.paravert.soft.numeric.simd.Swar.HIGH_D;
import static io.paravert.soft.numeric.simd.Swar.HIGH_W;

/** Packed comparison, minimum and maximum of integers (WORD). */
public final class PackedCompare {
    private PackedCompare() {}

    public static long pcmpeqb(long a, long b) {
        return Swar.spread(Swar.zeros(a ^ b, HIGH_B), HIGH_B, 8);
    }

    public static long pcmpeqw(long a, long b) {
        return Swar.spread(Swar.zeros(a ^ b, HIGH_W), HIGH_W, 16);
    }

    public static long pcmpeqd(long a, long b) {
        return Swar.spread(Swar.zeros(a ^ b, HIGH_D), HIGH_D, 32);
    }

    public static long pcmpeqq(long a, long b) {
        return a == b ? -1L : 0;
    }

    public static long pcmpgtb(long a, long b) {
        return greater(a ^ HIGH_B, b ^ HIGH_B, HIGH_B, 8);
    }

    public static long pcmpgtw(long a, long b) {
        return greater(a ^ HIGH_W, b ^ HIGH_W, HIGH_W, 16);
    }

    public static long pcmpgtd(long a, long b) {
        return greater(a ^ HIGH_D, b ^ HIGH_D, HIGH_D, 32);
    }

    public static long pcmpgtq(long a, long b) {
        return a > b ? -1L : 0;
    }

    public static long pminub(long a, long b) {
        return Swar.select(greater(a, b, HIGH_B, 8), b, a);
    }

    public static long pmaxub(long a, long b) {
        return Swar.select(greater(a, b, HIGH_B, 8), a, b);
    }

    public static long pminuw(long a, long b) {
        return Swar.select(greater(a, b, HIGH_W, 16), b, a);
    }

    public static long pmaxuw(long a, long b) {
        return Swar.select(greater(a, b, HIGH_W, 16), a, b);
    }

    public static long pminud(long a, long b) {
        return Swar.select(greater(a, b, HIGH_D, 32), b, a);
    }

    public static long pmaxud(long a, long b) {
        return Swar.select(greater(a, b, HIGH_D, 32), a, b);
    }

    public static long pminsb(long a, long b) {
        return Swar.select(pcmpgtb(a, b), b, a);
    }

    public static long pmaxsb(long a, long b) {
        return Swar.select(pcmpgtb(a, b), a, b);
    }

    public static long pminsw(long a, long b) {
        return Swar.select(pcmpgtw(a, b), b, a);
    }

    public static long pmaxsw(long a, long b) {
        return Swar.select(pcmpgtw(a, b), a, b);
    }

    public static long pminsd(long a, long b) {
        return Swar.select(pcmpgtd(a, b), b, a);
    }

    public static long pmaxsd(long a, long b) {
        return Swar.select(pcmpgtd(a, b), a, b);
    }

    /** All ones where a is greater than b, both unsigned. */
    private static long greater(long a, long b, long high, int bits) {
        return Swar.spread(~Swar.atLeast(b, a, high), high, bits);
    }
}
