package io.paravert.soft.numeric.fp;

import static io.paravert.soft.numeric.fp.Format.DOUBLE;

/** Arithmetic on doubles: the SD instructions, and word by word the PD ones. */
public final class DoubleArithmetic {
    private static final long EXPONENT = 0x7ff0_0000_0000_0000L;

    private DoubleArithmetic() {}

    public static long addsd(long a, long b, Mxcsr m) {
        if (m.isPlain()) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double r = x + y;
            if (ordinary(a) && ordinary(b) && (inRange(r) || r == 0)) {
                if (m.isInexactKnown() || r == 0 || Exactness.ofSum(a, b, Double.doubleToRawLongBits(r)))
                    return Double.doubleToRawLongBits(r);
            }
        }
        return SoftArithmetic.add(DOUBLE, a, b, m);
    }

    public static long subsd(long a, long b, Mxcsr m) {
        if (m.isPlain()) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double r = x - y;
            if (ordinary(a) && ordinary(b) && (inRange(r) || r == 0)) {
                if (m.isInexactKnown() || r == 0 || Exactness.ofSum(a, b ^ DOUBLE.sign, Double.doubleToRawLongBits(r)))
                    return Double.doubleToRawLongBits(r);
            }
        }
        return SoftArithmetic.sub(DOUBLE, a, b, m);
    }

    public static long mulsd(long a, long b, Mxcsr m) {
        if (m.isPlain() && ordinary(a) && ordinary(b)) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double r = x * y;
            boolean exact = x == 0 || y == 0;
            if (exact || (inRange(r) && (m.isInexactKnown() || Exactness.ofProduct(a, b)))) {
                return Double.doubleToRawLongBits(r);
            }
        }
        return SoftArithmetic.mul(DOUBLE, a, b, m);
    }

    public static long divsd(long a, long b, Mxcsr m) {
        if (m.isPlain() && ordinary(a) && ordinary(b)) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double r = x / y;
            if (inRange(r)) {
                long bits = Double.doubleToRawLongBits(r);
                if (m.isInexactKnown() || Exactness.ofQuotient(a, b, bits)) return bits;
            }
        }
        return SoftArithmetic.div(DOUBLE, a, b, m);
    }

    /** Source b. */
    public static long sqrtsd(long b, Mxcsr m) {
        if (m.isPlain() && ordinary(b)) {
            double y = Double.longBitsToDouble(b);
            double r = Math.sqrt(y);
            if (inRange(r)) {
                long bits = Double.doubleToRawLongBits(r);
                if (m.isInexactKnown() || Exactness.ofSquare(b, bits)) return bits;
            }
        }
        return SoftArithmetic.sqrt(DOUBLE, b, m);
    }

    /**
     * x * y + z, rounded once. The order of x, y, z is that of {@link Fma}.
     *
     * @param negate as {@link Fma} has it
     */
    public static long fma(long x, long y, long z, int negate, Mxcsr m) {
        long a = (negate & Fma.NEGATE_PRODUCT) != 0 && !DOUBLE.isNan(x) ? x ^ DOUBLE.sign : x;
        long c = (negate & Fma.NEGATE_ADDEND) != 0 && !DOUBLE.isNan(z) ? z ^ DOUBLE.sign : z;
        if (m.isPlain() && m.isInexactKnown() && ordinary(a) && ordinary(y) && ordinary(c)) {
            double r = Math.fma(Double.longBitsToDouble(a), Double.longBitsToDouble(y), Double.longBitsToDouble(c));
            if (inRange(r)) return Double.doubleToRawLongBits(r);
        }
        return SoftArithmetic.fma(DOUBLE, a, y, c, m);
    }

    /** Neither denormal, infinite nor NaN. */
    static boolean ordinary(long bits) {
        long field = bits & EXPONENT;
        return field != EXPONENT && (field != 0 || bits << 1 == 0);
    }

    /** A normal result whose rounding cannot have crossed into or out of the denormals. */
    private static boolean inRange(double r) {
        double magnitude = Math.abs(r);
        return magnitude > Double.MIN_NORMAL && magnitude <= Double.MAX_VALUE;
    }
}
