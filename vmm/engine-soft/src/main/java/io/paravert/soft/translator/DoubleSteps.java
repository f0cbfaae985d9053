package io.paravert.soft.translator;

import io.paravert.soft.numeric.fp.DoubleArithmetic;
import io.paravert.soft.numeric.fp.Exactness;
import io.paravert.soft.numeric.fp.Mxcsr;
import io.paravert.soft.state.Cpu;

/**
 * Arithmetic on doubles as translated code calls it: Java's where MXCSR is usual and neither operands nor result are zero, denormal or
 * out of range, so that nothing can be raised that is not there already; else {@link DoubleArithmetic}'s. Small, because HotSpot puts
 * hundreds of these into one method. A packed operation is its low word's step, which raises for both words, and then the plain step of
 * the high one: by then nothing unmasked is left in it.
 */
final class DoubleSteps {
    private static final int EXPONENT = 0x7ff;

    private DoubleSteps() {}

    private static int exponent(long bits) {
        return (int) (bits >>> 52) & EXPONENT;
    }

    /** Operands normal, and the result at least twice the least normal number: an infinite or NaN operand has shown in the result. */
    private static boolean areUsual(long a, long b, long r) {
        int e = exponent(r);
        return (exponent(a) - 1 | exponent(b) - 1 | e - 2 | EXPONENT - 1 - e) >= 0;
    }

    /** Makes signed comparisons unsigned ones. */
    private static final long BIAS = Long.MIN_VALUE;

    /** Twice the bits of the least normal number, less one; biased. */
    private static final long LEAST = (1L << 53) - 1 ^ BIAS;
    /** Twice the bits of what is twice the least normal number. */
    private static final long FROM = 2L << 53;

    /** From there to twice the bits of infinity; biased. */
    private static final long SPAN = 0xffa0_0000_0000_0000L ^ BIAS;

    /** Zero, normal, infinite or NaN. */
    private static boolean isNoDenormal(long bits) {
        return ((bits << 1) - 1 ^ BIAS) >= LEAST;
    }

    private static boolean isWellInRange(long bits) {
        return ((bits << 1) - FROM ^ BIAS) < SPAN;
    }

    private static boolean isInRange(Mxcsr m, long a, long b, long r) {
        return m.isPlain() && isNoDenormal(a) && isNoDenormal(b) && isWellInRange(r);
    }

    /**
     * Whether the sum that Java made is all there is to say, so that nothing is raised that is not there already: no zero but an exact
     * one, and inexact only if that is known. An infinite or NaN operand has shown in the result. So do the others for their operation.
     */
    public static boolean isUsualAdd(Mxcsr m, long a, long b, long r) {
        return isInRange(m, a, b, r) ? m.isInexactKnown() || Exactness.ofSum(a, b, r) : isZeroSum(m, a, b, r);
    }

    public static boolean isUsualSub(Mxcsr m, long a, long b, long r) {
        return isInRange(m, a, b, r)
                ? m.isInexactKnown() || Exactness.ofSum(a, b ^ Long.MIN_VALUE, r)
                : isZeroSum(m, a, b, r);
    }

    private static boolean isZeroSum(Mxcsr m, long a, long b, long r) {
        return r << 1 == 0 && m.isPlain() && isNoDenormal(a) && isNoDenormal(b);
    }

    public static boolean isUsualMul(Mxcsr m, long a, long b, long r) {
        return isInRange(m, a, b, r)
                ? m.isInexactKnown() || Exactness.ofProduct(a, b)
                : isZeroSum(m, a, b, r) && (a << 1 == 0 || b << 1 == 0);
    }

    public static boolean isUsualDiv(Mxcsr m, long a, long b, long r) {
        return isInRange(m, a, b, r)
                ? m.isInexactKnown() || Exactness.ofQuotient(a, b, r)
                : isZeroSum(m, a, b, r) && a << 1 == 0;
    }

    /** Of the square root of {@code b}. */
    public static boolean isUsualSqrt(Mxcsr m, long a, long b, long r) {
        return isInRange(m, a, b, r) ? m.isInexactKnown() || Exactness.ofSquare(b, r) : isZeroSum(m, a, b, r);
    }

    public static long plainAdd(long a, long b) {
        return Double.doubleToRawLongBits(Double.longBitsToDouble(a) + Double.longBitsToDouble(b));
    }

    public static long plainSub(long a, long b) {
        return Double.doubleToRawLongBits(Double.longBitsToDouble(a) - Double.longBitsToDouble(b));
    }

    public static long plainMul(long a, long b) {
        return Double.doubleToRawLongBits(Double.longBitsToDouble(a) * Double.longBitsToDouble(b));
    }

    public static long plainDiv(long a, long b) {
        return Double.doubleToRawLongBits(Double.longBitsToDouble(a) / Double.longBitsToDouble(b));
    }

    /** Of {@code b}. */
    public static long plainSqrt(long a, long b) {
        return Double.doubleToRawLongBits(Math.sqrt(Double.longBitsToDouble(b)));
    }

    public static long add(long a, long b, Mxcsr m, Cpu cpu) {
        long r = Double.doubleToRawLongBits(Double.longBitsToDouble(a) + Double.longBitsToDouble(b));
        if (m.isUsual() && areUsual(a, b, r)) {
            return r;
        }
        return addExactly(a, b, m, cpu);
    }

    private static long addExactly(long a, long b, Mxcsr m, Cpu cpu) {
        m.begin();
        long r = DoubleArithmetic.addsd(a, b, m);
        Region.commit(cpu, m);
        return r;
    }

    /** The low word of a packed operation; what the high word raises counts. */
    public static long addLow(long a, long b, long high, long otherHigh, Mxcsr m, Cpu cpu) {
        long r = Double.doubleToRawLongBits(Double.longBitsToDouble(a) + Double.longBitsToDouble(b));
        if (m.isUsual() && areUsual(a, b, r)) {
            return r;
        }
        return addLowExactly(a, b, high, otherHigh, m, cpu);
    }

    private static long addLowExactly(long a, long b, long high, long otherHigh, Mxcsr m, Cpu cpu) {
        m.begin();
        long r = DoubleArithmetic.addsd(a, b, m);
        DoubleArithmetic.addsd(high, otherHigh, m);
        Region.commit(cpu, m);
        return r;
    }

    public static long sub(long a, long b, Mxcsr m, Cpu cpu) {
        long r = Double.doubleToRawLongBits(Double.longBitsToDouble(a) - Double.longBitsToDouble(b));
        if (m.isUsual() && areUsual(a, b, r)) {
            return r;
        }
        return subExactly(a, b, m, cpu);
    }

    private static long subExactly(long a, long b, Mxcsr m, Cpu cpu) {
        m.begin();
        long r = DoubleArithmetic.subsd(a, b, m);
        Region.commit(cpu, m);
        return r;
    }

    /** The low word of a packed operation; what the high word raises counts. */
    public static long subLow(long a, long b, long high, long otherHigh, Mxcsr m, Cpu cpu) {
        long r = Double.doubleToRawLongBits(Double.longBitsToDouble(a) - Double.longBitsToDouble(b));
        if (m.isUsual() && areUsual(a, b, r)) {
            return r;
        }
        return subLowExactly(a, b, high, otherHigh, m, cpu);
    }

    private static long subLowExactly(long a, long b, long high, long otherHigh, Mxcsr m, Cpu cpu) {
        m.begin();
        long r = DoubleArithmetic.subsd(a, b, m);
        DoubleArithmetic.subsd(high, otherHigh, m);
        Region.commit(cpu, m);
        return r;
    }

    public static long mul(long a, long b, Mxcsr m, Cpu cpu) {
        long r = Double.doubleToRawLongBits(Double.longBitsToDouble(a) * Double.longBitsToDouble(b));
        if (m.isUsual() && areUsual(a, b, r)) {
            return r;
        }
        return mulExactly(a, b, m, cpu);
    }

    private static long mulExactly(long a, long b, Mxcsr m, Cpu cpu) {
        m.begin();
        long r = DoubleArithmetic.mulsd(a, b, m);
        Region.commit(cpu, m);
        return r;
    }

    /** The low word of a packed operation; what the high word raises counts. */
    public static long mulLow(long a, long b, long high, long otherHigh, Mxcsr m, Cpu cpu) {
        long r = Double.doubleToRawLongBits(Double.longBitsToDouble(a) * Double.longBitsToDouble(b));
        if (m.isUsual() && areUsual(a, b, r)) {
            return r;
        }
        return mulLowExactly(a, b, high, otherHigh, m, cpu);
    }

    private static long mulLowExactly(long a, long b, long high, long otherHigh, Mxcsr m, Cpu cpu) {
        m.begin();
        long r = DoubleArithmetic.mulsd(a, b, m);
        DoubleArithmetic.mulsd(high, otherHigh, m);
        Region.commit(cpu, m);
        return r;
    }

    public static long div(long a, long b, Mxcsr m, Cpu cpu) {
        long r = Double.doubleToRawLongBits(Double.longBitsToDouble(a) / Double.longBitsToDouble(b));
        if (m.isUsual() && areUsual(a, b, r)) {
            return r;
        }
        return divExactly(a, b, m, cpu);
    }

    private static long divExactly(long a, long b, Mxcsr m, Cpu cpu) {
        m.begin();
        long r = DoubleArithmetic.divsd(a, b, m);
        Region.commit(cpu, m);
        return r;
    }

    /** The low word of a packed operation; what the high word raises counts. */
    public static long divLow(long a, long b, long high, long otherHigh, Mxcsr m, Cpu cpu) {
        long r = Double.doubleToRawLongBits(Double.longBitsToDouble(a) / Double.longBitsToDouble(b));
        if (m.isUsual() && areUsual(a, b, r)) {
            return r;
        }
        return divLowExactly(a, b, high, otherHigh, m, cpu);
    }

    private static long divLowExactly(long a, long b, long high, long otherHigh, Mxcsr m, Cpu cpu) {
        m.begin();
        long r = DoubleArithmetic.divsd(a, b, m);
        DoubleArithmetic.divsd(high, otherHigh, m);
        Region.commit(cpu, m);
        return r;
    }

    /** Square root of {@code b}. */
    public static long sqrt(long b, Mxcsr m, Cpu cpu) {
        long r = Double.doubleToRawLongBits(Math.sqrt(Double.longBitsToDouble(b)));
        if (m.isUsual() && areUsual(b, b, r)) {
            return r;
        }
        m.begin();
        long exact = DoubleArithmetic.sqrtsd(b, m);
        Region.commit(cpu, m);
        return exact;
    }
}
