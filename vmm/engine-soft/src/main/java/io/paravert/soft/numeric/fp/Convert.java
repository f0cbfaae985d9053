package io.paravert.soft.numeric.fp;

import static io.paravert.soft.numeric.fp.Format.DOUBLE;
import static io.paravert.soft.numeric.fp.Format.HALF;
import static io.paravert.soft.numeric.fp.Format.SINGLE;

/** Conversions between integers and floating point, between the formats, and rounding to integral values. */
public final class Convert {
    private Convert() {}

    /** CVTSI2SD of a 64-bit integer. (A 32-bit one is exact: {@code (double) value}.) */
    public static long cvtsi2sd(long value, Mxcsr m) {
        if (m.isPlain()) {
            double r = (double) value;
            if (m.isInexactKnown() || ((long) r == value && value != Long.MAX_VALUE))
                return Double.doubleToRawLongBits(r);
        }
        return fromInteger(DOUBLE, value, m);
    }

    /** CVTSI2SS of a 64-bit integer, or of a 32-bit one sign-extended; also the element of CVTDQ2PS. */
    public static int cvtsi2ss(long value, Mxcsr m) {
        if (m.isPlain()) {
            float r = (float) value;
            if (m.isInexactKnown() || ((long) r == value && value != Long.MAX_VALUE)) return Float.floatToRawIntBits(r);
        }
        return (int) fromInteger(SINGLE, value, m);
    }

    private static long fromInteger(Format f, long value, Mxcsr m) {
        if (value == 0) return 0;
        m.unrounded.setInteger(value < 0, 0, 0, Math.abs(value));
        return f.round(m);
    }

    /** CVTSD2SI and CVTTSD2SI; also the elements of CVTPD2DQ and CVTTPD2DQ. */
    public static int cvtsd2si32(long v, boolean truncate, Mxcsr m) {
        double d = Double.longBitsToDouble(v);
        int r = (int) d;
        if (r == d && d != 0) return r;
        return (int) toInteger(DOUBLE, v, 32, truncate ? Mxcsr.ZERO : m.rounding(), m);
    }

    public static long cvtsd2si64(long v, boolean truncate, Mxcsr m) {
        double d = Double.longBitsToDouble(v);
        long r = (long) d;
        if (r == d && d != 0 && r != Long.MAX_VALUE) return r;
        return toInteger(DOUBLE, v, 64, truncate ? Mxcsr.ZERO : m.rounding(), m);
    }

    /** CVTSS2SI and CVTTSS2SI; also the elements of CVTPS2DQ and CVTTPS2DQ. */
    public static int cvtss2si32(int v, boolean truncate, Mxcsr m) {
        return (int) toInteger(SINGLE, v & 0xffff_ffffL, 32, truncate ? Mxcsr.ZERO : m.rounding(), m);
    }

    public static long cvtss2si64(int v, boolean truncate, Mxcsr m) {
        return toInteger(SINGLE, v & 0xffff_ffffL, 64, truncate ? Mxcsr.ZERO : m.rounding(), m);
    }

    /** Rounds to a signed integer of {@code bits} bits; beyond its range IE and the integer indefinite (only its top bit). */
    private static long toInteger(Format f, long v, int bits, int mode, Mxcsr m) {
        long indefinite = -1L << bits - 1;
        long a = f.operand(v, m);
        if (f.isZero(a)) return 0;
        int exponent = f.isNan(a) || f.isInfinite(a) ? 64 : f.exponent(a);
        if (exponent > 63) {
            m.raise(Mxcsr.IE);
            return indefinite;
        }
        long significand = f.significand(a);
        long kept = exponent < 0 ? 0 : significand >>> 63 - exponent;
        long below = exponent < -1 ? 1 : exponent == 63 ? 0 : significand << exponent + 1;
        if (below != 0 && Format.increment(mode, f.isNegative(a), kept, below, 0)) kept++;
        if (Long.compareUnsigned(kept, f.isNegative(a) ? -indefinite : ~indefinite) > 0) {
            m.raise(Mxcsr.IE);
            return indefinite;
        }
        if (below != 0) m.raise(Mxcsr.PE);
        return f.isNegative(a) ? -kept : kept;
    }

    public static long cvtss2sd(int v, Mxcsr m) {
        if (SingleArithmetic.ordinary(v)) return Double.doubleToRawLongBits(Float.intBitsToFloat(v));
        return convert(SINGLE, DOUBLE, v & 0xffff_ffffL, m);
    }

    public static int cvtsd2ss(long v, Mxcsr m) {
        if (m.isPlain() && DoubleArithmetic.ordinary(v)) {
            double d = Double.longBitsToDouble(v);
            float r = (float) d;
            float magnitude = Math.abs(r);
            boolean inRange = magnitude > Float.MIN_NORMAL && magnitude <= Float.MAX_VALUE;
            if (inRange && (m.isInexactKnown() || r == d)) return Float.floatToRawIntBits(r);
        }
        return (int) convert(DOUBLE, SINGLE, v, m);
    }

    private static long convert(Format from, Format to, long v, Mxcsr m) {
        long a = from.operand(v, m);
        if (from.isNan(a)) return convertNan(from, to, a, m);
        SoftArithmetic.denormals(from, a, a, m);
        return convertNumber(from, to, a, m, m.rounding(), m.ftz());
    }

    private static long convertNan(Format from, Format to, long a, Mxcsr m) {
        if (from.isSignalling(a)) m.raise(Mxcsr.IE);
        int narrower = from.fractionBits - to.fractionBits;
        long fraction = a & from.fractionMask;
        long payload = narrower > 0 ? fraction >>> narrower : fraction << -narrower;
        return to.zero(from.isNegative(a)) | to.infinity | to.quiet | payload;
    }

    private static long convertNumber(Format from, Format to, long a, Mxcsr m, int mode, boolean flushing) {
        boolean negative = from.isNegative(a);
        if (from.isInfinite(a)) return to.infinity(negative);
        if (from.isZero(a)) return to.zero(negative);
        m.unrounded.set(negative, from.exponent(a), from.significand(a), 0);
        return to.round(m, mode, flushing);
    }

    /** The element of VCVTPH2PS: half precision in the low 16 bits. Neither DAZ nor DE concern it. */
    public static int vcvtph2ps(int half, Mxcsr m) {
        long a = half & 0xffff;
        if (HALF.isNan(a)) return (int) convertNan(HALF, SINGLE, a, m);
        return (int) convertNumber(HALF, SINGLE, a, m, Mxcsr.NEAREST, false);
    }

    /** The element of VCVTPS2PH; bit 2 of imm: round as MXCSR says, else as bits 1:0 say. FTZ does not concern it. */
    public static int vcvtps2ph(int v, int imm, Mxcsr m) {
        long a = SINGLE.operand(v & 0xffff_ffffL, m);
        if (SINGLE.isNan(a)) return (int) convertNan(SINGLE, HALF, a, m);
        SoftArithmetic.denormals(SINGLE, a, a, m);
        return (int) convertNumber(SINGLE, HALF, a, m, (imm & 4) != 0 ? m.rounding() : imm & 3, false);
    }

    /** ROUNDSD; the element of ROUNDPD. Immediate: bits 1:0 mode, bit 2 MXCSR's mode, bit 3 no PE. */
    public static long roundsd(long v, int imm, Mxcsr m) {
        return round(DOUBLE, v, imm, m);
    }

    /** ROUNDSS; the element of ROUNDPS. */
    public static int roundss(int v, int imm, Mxcsr m) {
        return (int) round(SINGLE, v & 0xffff_ffffL, imm, m);
    }

    private static long round(Format f, long v, int imm, Mxcsr m) {
        long a = f.operand(v, m);
        if (f.isNan(a)) return SoftArithmetic.nan(f, a, a, m);
        if (f.isInfinite(a) || f.isZero(a)) return a;
        int exponent = f.exponent(a);
        if (exponent >= f.fractionBits) return a;
        int mode = (imm & 4) != 0 ? m.rounding() : imm & 3;
        boolean negative = f.isNegative(a);
        long significand = f.significand(a);
        long kept = exponent < 0 ? 0 : significand >>> 63 - exponent;
        long below = exponent < -1 ? 1 : significand << exponent + 1;
        if (below == 0) return a;
        if ((imm & 8) == 0) m.raise(Mxcsr.PE);
        if (Format.increment(mode, negative, kept, below, 0)) kept++;
        if (kept == 0) return f.zero(negative);
        int top = 63 - Long.numberOfLeadingZeros(kept);
        long fraction = kept << f.fractionBits - top & f.fractionMask;
        return f.zero(negative) | (long) (top + f.bias) << f.fractionBits | fraction;
    }

    /** CVTDQ2PS. */
    public static long cvtdq2ps(long v, Mxcsr m) {
        return SingleArithmetic.word(cvtsi2ss(v << 32 >> 32, m), cvtsi2ss(v >> 32, m));
    }

    /** CVTPS2DQ and CVTTPS2DQ. */
    public static long cvtps2dq(long v, boolean truncate, Mxcsr m) {
        return SingleArithmetic.word(cvtss2si32((int) v, truncate, m), cvtss2si32((int) (v >>> 32), truncate, m));
    }

    /** CVTPD2DQ and CVTTPD2DQ: two words of doubles to one of integers. */
    public static long cvtpd2dq(long low, long high, boolean truncate, Mxcsr m) {
        return SingleArithmetic.word(cvtsd2si32(low, truncate, m), cvtsd2si32(high, truncate, m));
    }

    /** CVTPD2PS: two words of doubles to one of floats. */
    public static long cvtpd2ps(long low, long high, Mxcsr m) {
        return SingleArithmetic.word(cvtsd2ss(low, m), cvtsd2ss(high, m));
    }

    /** ROUNDPS. */
    public static long roundps(long v, int imm, Mxcsr m) {
        return SingleArithmetic.word(roundss((int) v, imm, m), roundss((int) (v >>> 32), imm, m));
    }
}
