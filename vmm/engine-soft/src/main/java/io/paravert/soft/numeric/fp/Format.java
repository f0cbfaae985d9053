package io.paravert.soft.numeric.fp;

/** An IEEE 754 binary interchange format, its values held in the low bits of a long: classes, parts, and rounding into it. */
public enum Format {
    HALF(11, 5),
    SINGLE(24, 8),
    DOUBLE(53, 11);

    /** Bits of the significand, the leading one included. */
    final int precision;

    final int fractionBits;
    final int bias;
    /** The exponent field of infinities and NaNs, in place. */
    final long infinity;

    final long fractionMask;
    final long sign;
    final long quiet;
    /** The NaN of invalid operations: negative, quiet, no payload. */
    final long indefinite;

    Format(int precision, int exponentBits) {
        this.precision = precision;
        fractionBits = precision - 1;
        bias = (1 << exponentBits - 1) - 1;
        infinity = ((1L << exponentBits) - 1) << fractionBits;
        fractionMask = (1L << fractionBits) - 1;
        sign = 1L << fractionBits + exponentBits;
        quiet = 1L << fractionBits - 1;
        indefinite = sign | infinity | quiet;
    }

    boolean isNan(long v) {
        return (v & ~sign) > infinity;
    }

    boolean isSignalling(long v) {
        return isNan(v) && (v & quiet) == 0;
    }

    boolean isInfinite(long v) {
        return (v & ~sign) == infinity;
    }

    boolean isZero(long v) {
        return (v & ~sign) == 0;
    }

    boolean isDenormal(long v) {
        return (v & infinity) == 0 && (v & fractionMask) != 0;
    }

    boolean isNegative(long v) {
        return (v & sign) != 0;
    }

    long zero(boolean negative) {
        return negative ? sign : 0;
    }

    long infinity(boolean negative) {
        return negative ? sign | infinity : infinity;
    }

    /** Exponent of the leading bit of a finite value that is not zero. */
    int exponent(long v) {
        int field = (int) ((v & infinity) >>> fractionBits);
        if (field != 0) return field - bias;
        return 1 - bias - (Long.numberOfLeadingZeros(v & fractionMask) - (64 - precision));
    }

    /** Significand of a finite value that is not zero, its leading bit in bit 63. */
    long significand(long v) {
        long fraction = v & fractionMask;
        if ((v & infinity) == 0) return fraction << Long.numberOfLeadingZeros(fraction);
        return (fraction | 1L << fractionBits) << 64 - precision;
    }

    /** An operand as DAZ has it. */
    long operand(long v, Mxcsr m) {
        return m.daz() && isDenormal(v) ? v & sign : v;
    }

    /** Rounds {@code m.unrounded} by MXCSR and raises what that raises. */
    long round(Mxcsr m) {
        return round(m, m.rounding(), m.ftz());
    }

    long round(Mxcsr m, int mode, boolean flushing) {
        Unrounded u = m.unrounded;
        int minExponent = 1 - bias;
        if (u.exponent < minExponent) return roundTiny(m, mode, flushing);
        int drop = 64 - precision;
        long kept = u.high >>> drop;
        boolean inexact = (u.high << precision | u.low) != 0;
        if (inexact) m.raise(Mxcsr.PE);
        if (inexact && increment(mode, u.negative, kept, u.high << precision, u.low)) kept++;
        if (u.exponent > bias) return overflow(m, mode, u.negative);
        // The leading bit adds one to the exponent field; so does a carry out of the significand.
        long packed = ((long) (u.exponent + bias - 1) << fractionBits) + kept;
        if (packed >= infinity) return overflow(m, mode, u.negative);
        return u.negative ? packed | sign : packed;
    }

    private long overflow(Mxcsr m, int mode, boolean negative) {
        m.raise(m.masked(Mxcsr.OE) ? Mxcsr.OE | Mxcsr.PE : Mxcsr.OE);
        boolean toInfinity = mode == Mxcsr.NEAREST || mode == (negative ? Mxcsr.DOWN : Mxcsr.UP);
        return infinity(negative) - (toInfinity ? 0 : 1);
    }

    /** Below the smallest normal number before rounding: tiny unless rounding to full precision brings it there. */
    private long roundTiny(Mxcsr m, int mode, boolean flushing) {
        Unrounded u = m.unrounded;
        boolean full = (u.high << precision | u.low) != 0;
        long keptFull = u.high >>> 64 - precision;
        boolean reaches = u.exponent == -bias
                && keptFull == (1L << precision) - 1
                && full
                && increment(mode, u.negative, keptFull, u.high << precision, u.low);
        boolean trapped = !reaches && !m.masked(Mxcsr.UE);
        if (trapped) {
            m.raise(full ? Mxcsr.UE | Mxcsr.PE : Mxcsr.UE);
            return 0;
        }
        if (!reaches && flushing) {
            m.raise(Mxcsr.UE | Mxcsr.PE);
            return zero(u.negative);
        }
        int drop = 64 - precision + (1 - bias - u.exponent);
        long kept = drop >= 64 ? 0 : u.high >>> drop;
        long below = drop > 64 ? 1 : drop == 64 ? u.high : u.high << 64 - drop; // over 64: less than a half, not zero
        boolean inexact = (below | u.low) != 0;
        if (inexact) m.raise(reaches ? Mxcsr.PE : Mxcsr.UE | Mxcsr.PE);
        if (inexact && increment(mode, u.negative, kept, below, u.low)) kept++;
        return u.negative ? kept | sign : kept;
    }

    /**
     * Whether rounding an inexact value adds one to what is kept.
     *
     * @param below what is cut off, its highest bit a half of the last place
     * @param rest what is below that
     */
    public static boolean increment(int mode, boolean negative, long kept, long below, long rest) {
        return switch (mode) {
            case Mxcsr.NEAREST -> below < 0 && ((below << 1 | rest) != 0 || (kept & 1) != 0);
            case Mxcsr.DOWN -> negative;
            case Mxcsr.UP -> !negative;
            default -> false;
        };
    }
}
