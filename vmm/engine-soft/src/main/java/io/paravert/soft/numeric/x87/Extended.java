package io.paravert.soft.numeric.x87;

/**
 * The 80-bit extended format: a value is a sign and biased exponent (16 bits, in an {@code int}) and a significand whose leading bit
 * is explicit. Classes and parts. AMD APM vol. 1, 6.3; Intel SDM vol. 1, 8.2.
 */
public final class Extended {
    public static final int SIGN = 0x8000;
    public static final int MAX_FIELD = 0x7fff;
    public static final int BIAS = 0x3fff;
    /** Exponent of the smallest normal number. */
    public static final int MIN_EXPONENT = 1 - BIAS;
    /** The leading bit of a normal significand. */
    public static final long INTEGER_BIT = Long.MIN_VALUE;

    public static final long QUIET_BIT = 1L << 62;
    /** The NaN of masked invalid operations: negative, quiet, no payload. */
    public static final int INDEFINITE_SE = 0xffff;

    public static final long INDEFINITE = 0xc000_0000_0000_0000L;

    private Extended() {}

    static int field(int se) {
        return se & MAX_FIELD;
    }

    static boolean isNegative(int se) {
        return (se & SIGN) != 0;
    }

    static boolean isZero(int se, long sig) {
        return field(se) == 0 && sig == 0;
    }

    /** A denormal or pseudo-denormal: what raises DE. */
    static boolean isDenormal(int se, long sig) {
        return field(se) == 0 && sig != 0;
    }

    static boolean isInfinite(int se, long sig) {
        return field(se) == MAX_FIELD && sig == INTEGER_BIT;
    }

    static boolean isNan(int se, long sig) {
        return field(se) == MAX_FIELD && sig < 0 && sig != INTEGER_BIT;
    }

    static boolean isSignalling(int se, long sig) {
        return isNan(se, sig) && (sig & QUIET_BIT) == 0;
    }

    /** An encoding that the processor refuses since the 80387: unnormal, pseudo-infinity, pseudo-NaN. */
    static boolean isUnsupported(int se, long sig) {
        return field(se) != 0 && sig >= 0;
    }

    /** Exponent of the leading bit of a finite value that is not zero. */
    static int exponent(int se, long sig) {
        int field = field(se);
        return field != 0 ? field - BIAS : MIN_EXPONENT - Long.numberOfLeadingZeros(sig);
    }

    /** Significand of such a value, its leading bit in bit 63. */
    static long significand(long sig) {
        return sig << Long.numberOfLeadingZeros(sig);
    }

    static int sign(boolean negative) {
        return negative ? SIGN : 0;
    }
}
