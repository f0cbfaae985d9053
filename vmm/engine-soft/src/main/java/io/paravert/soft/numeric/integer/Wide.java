package io.paravert.soft.numeric.integer;

/** Unsigned 128-bit arithmetic on pairs of longs, as far as the JDK (17) has none. */
public final class Wide {
    private Wide() {}

    /** High 64 bits of the unsigned product. */
    public static long mulHigh(long a, long b) {
        return Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
    }

    /**
     * Quotient of (hi:lo) by d, all unsigned; hi must be below d. Schoolbook division by 32-bit digits (Knuth, TAOCP vol. 2,
     * 4.3.1, algorithm D).
     */
    public static long divide(long hi, long lo, long d) {
        if (hi == 0) return Long.divideUnsigned(lo, d);
        int s = Long.numberOfLeadingZeros(d);
        long v = d << s;
        long top = s == 0 ? hi : hi << s | lo >>> 64 - s;
        long bottom = lo << s;
        long q1 = digit(top, bottom >>> 32, v);
        long rest = (top << 32 | bottom >>> 32) - q1 * v;
        long q0 = digit(rest, bottom & 0xffff_ffffL, v);
        return (q1 << 32) + q0;
    }

    /** Remainder of the division that {@link #divide} makes. */
    public static long remainder(long hi, long lo, long d) {
        return lo - divide(hi, lo, d) * d;
    }

    /** Square root of (hi:lo), rounded down. hi is at least 2^62. */
    public static long root(long hi, long lo) {
        double approximate = Math.sqrt((hi >>> 1) * 2.0) * 0x1p32;
        // Rounded up beyond the approximation's error, so that it is not below the root; then one step of Newton's.
        long r = approximate >= 0x1.fffffffffff8p63 ? -1L : unsigned(approximate) + 0x2000;
        long q = divide(hi, lo, r);
        r = (r & q) + ((r ^ q) >>> 1);
        while (isBelowSquare(hi, lo, r)) r--;
        while (r != -1L && !isBelowSquare(hi, lo, r + 1)) r++;
        return r;
    }

    private static long unsigned(double positive) {
        return positive < 0x1p63 ? (long) positive : (long) (positive - 0x1p63) + Long.MIN_VALUE;
    }

    private static boolean isBelowSquare(long hi, long lo, long r) {
        int c = Long.compareUnsigned(hi, mulHigh(r, r));
        return c < 0 || (c == 0 && Long.compareUnsigned(lo, r * r) < 0);
    }

    /** One 32-bit digit of (top:next) / v, where v is normalized and top is below v. */
    private static long digit(long top, long next, long v) {
        long vHigh = v >>> 32;
        long vLow = v & 0xffff_ffffL;
        long q = Long.divideUnsigned(top, vHigh);
        long r = top - q * vHigh;
        while (q >>> 32 != 0 || Long.compareUnsigned(q * vLow, r << 32 | next) > 0) {
            q--;
            r += vHigh;
            if (r >>> 32 != 0) break;
        }
        return q;
    }
}
