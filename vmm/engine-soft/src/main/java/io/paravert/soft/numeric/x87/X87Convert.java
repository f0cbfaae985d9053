package io.paravert.soft.numeric.x87;

import io.paravert.soft.numeric.fp.Format;

/** Conversions between the extended format and what lies in memory. */
final class X87Convert {
    private static final long INTEGER_INDEFINITE = Long.MIN_VALUE;

    private X87Convert() {}

    /** Exact; a denormal source is remembered for DE. NaNs keep their signalling bit. */
    static void widenSingle(int bits, X87Result r) {
        int field = bits >>> 23 & 0xff;
        widen(bits < 0, field, 0xff, 0x3fff - 127, (bits & 0x7f_ffffL) << 40, r);
    }

    static void widenDouble(long bits, X87Result r) {
        int field = (int) (bits >>> 52) & 0x7ff;
        widen(bits < 0, field, 0x7ff, 0x3fff - 1023, bits << 11 & Long.MAX_VALUE, r);
    }

    /** @param fraction left-justified below bit 63 */
    private static void widen(boolean negative, int field, int special, int rebias, long fraction, X87Result r) {
        int sign = Extended.sign(negative);
        if (field == special) {
            r.set(sign | Extended.MAX_FIELD, Extended.INTEGER_BIT | fraction);
        } else if (field != 0) {
            r.set(sign | field + rebias, Extended.INTEGER_BIT | fraction);
        } else if (fraction == 0) {
            r.set(sign, 0);
        } else {
            int shift = Long.numberOfLeadingZeros(fraction);
            r.denormalSource = true;
            r.set(sign | rebias + 1 - shift, fraction << shift);
        }
    }

    static void fromInteger(long value, X87Result r) {
        if (value == 0) {
            r.set(0, 0);
            return;
        }
        int shift = Long.numberOfLeadingZeros(Math.abs(value));
        r.set(Extended.sign(value < 0) | Extended.BIAS + 63 - shift, Math.abs(value) << shift);
    }

    /**
     * Rounds to a signed integer. Beyond {@code limit} in magnitude (one more where negative) IE, and the top bit of 64 alone.
     *
     * @param mode 0 nearest, 1 down, 2 up, 3 towards zero
     * @param limit the largest positive value
     * @param lowest how far below zero it may go, as a magnitude
     */
    static long toInteger(int se, long sig, int mode, long limit, long lowest, X87Result r) {
        if (Extended.isZero(se, sig)) return 0;
        if (Extended.isUnsupported(se, sig)) return invalid(r);
        int exponent = Extended.exponent(se, sig);
        if (exponent > 63) return invalid(r);
        boolean negative = Extended.isNegative(se);
        long s = Extended.significand(sig);
        long kept = exponent < 0 ? 0 : s >>> 63 - exponent;
        long below = exponent < -1 ? 1 : exponent == 63 ? 0 : s << exponent + 1;
        boolean up = below != 0 && Format.increment(mode, negative, kept, below, 0);
        if (up) kept++;
        if (Long.compareUnsigned(kept, negative ? lowest : limit) > 0) return invalid(r);
        if (below != 0) {
            r.raise(X87Result.PE);
            r.roundedUp = up;
        }
        return negative ? -kept : kept;
    }

    private static long invalid(X87Result r) {
        r.raise(X87Result.IE);
        return INTEGER_INDEFINITE;
    }
}
