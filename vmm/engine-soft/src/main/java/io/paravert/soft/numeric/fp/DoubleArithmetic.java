package io.paravert.soft.numeric.fp;

import static io.paravert.soft.numeric.fp.Format.DOUBLE;

/** Arithmetic on doubles: the SD instructions, and word by word the PD ones. */
public final class DoubleArithmetic {
    private static final long EXPONENT = 0x7ff0_0000_0000_0000L;

    private DoubleArithmetic() {}

    public static long addsd(long a, long b, Mxcsr m) {
        if (m.plain()) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double r = x + y;
            if (ordinary(a) && ordinary(b) && (inRange(r) || r == 0)) {
                if (m.inexactKnown() || r == 0 || sumIsExact(x, y, r)) return Double.doubleToRawLongBits(r);
            }
        }
        return SoftArithmetic.add(DOUBLE, a, b, m);
    }

    public static long subsd(long a, long b, Mxcsr m) {
        if (m.plain()) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double r = x - y;
            if (ordinary(a) && ordinary(b) && (inRange(r) || r == 0)) {
                if (m.inexactKnown() || r == 0 || sumIsExact(x, -y, r)) return Double.doubleToRawLongBits(r);
            }
        }
        return SoftArithmetic.sub(DOUBLE, a, b, m);
    }

    public static long mulsd(long a, long b, Mxcsr m) {
        if (m.plain() && ordinary(a) && ordinary(b)) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double r = x * y;
            boolean exact = x == 0 || y == 0;
            if (exact || (inRange(r) && (m.inexactKnown() || productIsExact(a, b)))) {
                return Double.doubleToRawLongBits(r);
            }
        }
        return SoftArithmetic.mul(DOUBLE, a, b, m);
    }

    public static long divsd(long a, long b, Mxcsr m) {
        if (m.plain() && ordinary(a) && ordinary(b)) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double r = x / y;
            if (inRange(r)) {
                long bits = Double.doubleToRawLongBits(r);
                if (m.inexactKnown() || (productIsExact(bits, b) && r * y == x)) return bits;
            }
        }
        return SoftArithmetic.div(DOUBLE, a, b, m);
    }

    /** Source b. */
    public static long sqrtsd(long b, Mxcsr m) {
        if (m.plain() && ordinary(b)) {
            double y = Double.longBitsToDouble(b);
            double r = Math.sqrt(y);
            if (inRange(r)) {
                long bits = Double.doubleToRawLongBits(r);
                if (m.inexactKnown() || (productIsExact(bits, bits) && r * r == y)) return bits;
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
        if (m.plain() && m.inexactKnown() && ordinary(a) && ordinary(y) && ordinary(c)) {
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

    /** Whether x + y lost nothing (Knuth's TwoSum; TAOCP vol. 2, 4.2.2, theorem B). */
    private static boolean sumIsExact(double x, double y, double r) {
        double yPart = r - x;
        double xPart = r - yPart;
        return (x - xPart) + (y - yPart) == 0;
    }

    /** Whether the significands are short enough for their product to be exact; false says nothing. */
    private static boolean productIsExact(long a, long b) {
        int zeros = Long.numberOfTrailingZeros(a | 1L << 52) + Long.numberOfTrailingZeros(b | 1L << 52);
        return zeros >= 53;
    }
}
