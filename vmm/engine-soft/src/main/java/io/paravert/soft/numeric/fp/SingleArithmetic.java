package io.paravert.soft.numeric.fp;

import static io.paravert.soft.numeric.fp.Format.SINGLE;

/**
 * Arithmetic on floats: the SS instructions on raw bits, and the PS ones on words of two floats. Doubles hold the exact product,
 * and tell whether a quotient or root was exact.
 */
public final class SingleArithmetic {
    private static final int EXPONENT = 0x7f80_0000;

    private SingleArithmetic() {}

    public static int addss(int a, int b, Mxcsr m) {
        if (m.isPlain() && ordinary(a) && ordinary(b)) {
            float x = Float.intBitsToFloat(a);
            float y = Float.intBitsToFloat(b);
            float r = x + y;
            if (r == 0 || (inRange(r) && (m.isInexactKnown() || sumIsExact(x, y, r))))
                return Float.floatToRawIntBits(r);
        }
        return (int) SoftArithmetic.add(SINGLE, a & 0xffff_ffffL, b & 0xffff_ffffL, m);
    }

    public static int subss(int a, int b, Mxcsr m) {
        if (m.isPlain() && ordinary(a) && ordinary(b)) {
            float x = Float.intBitsToFloat(a);
            float y = Float.intBitsToFloat(b);
            float r = x - y;
            if (r == 0 || (inRange(r) && (m.isInexactKnown() || sumIsExact(x, -y, r))))
                return Float.floatToRawIntBits(r);
        }
        return (int) SoftArithmetic.sub(SINGLE, a & 0xffff_ffffL, b & 0xffff_ffffL, m);
    }

    public static int mulss(int a, int b, Mxcsr m) {
        if (m.isPlain() && ordinary(a) && ordinary(b)) {
            double exact = (double) Float.intBitsToFloat(a) * Float.intBitsToFloat(b);
            float r = (float) exact;
            if (exact == 0 || (inRange(r) && (m.isInexactKnown() || r == exact))) return Float.floatToRawIntBits(r);
        }
        return (int) SoftArithmetic.mul(SINGLE, a & 0xffff_ffffL, b & 0xffff_ffffL, m);
    }

    public static int divss(int a, int b, Mxcsr m) {
        if (m.isPlain() && ordinary(a) && ordinary(b)) {
            float x = Float.intBitsToFloat(a);
            float y = Float.intBitsToFloat(b);
            float r = x / y;
            if (inRange(r) && (m.isInexactKnown() || (double) r * y == x)) return Float.floatToRawIntBits(r);
        }
        return (int) SoftArithmetic.div(SINGLE, a & 0xffff_ffffL, b & 0xffff_ffffL, m);
    }

    /** Source b. */
    public static int sqrtss(int b, Mxcsr m) {
        if (m.isPlain() && ordinary(b)) {
            float y = Float.intBitsToFloat(b);
            float r = (float) Math.sqrt(y);
            if (inRange(r) && (m.isInexactKnown() || (double) r * r == y)) return Float.floatToRawIntBits(r);
        }
        return (int) SoftArithmetic.sqrt(SINGLE, b & 0xffff_ffffL, m);
    }

    /** As {@link DoubleArithmetic#fma}. */
    public static int fma(int x, int y, int z, int negate, Mxcsr m) {
        int a = (negate & Fma.NEGATE_PRODUCT) != 0 && !isNan(x) ? x ^ Integer.MIN_VALUE : x;
        int c = (negate & Fma.NEGATE_ADDEND) != 0 && !isNan(z) ? z ^ Integer.MIN_VALUE : z;
        if (m.isPlain() && m.isInexactKnown() && ordinary(a) && ordinary(y) && ordinary(c)) {
            float r = Math.fma(Float.intBitsToFloat(a), Float.intBitsToFloat(y), Float.intBitsToFloat(c));
            if (inRange(r)) return Float.floatToRawIntBits(r);
        }
        return (int) SoftArithmetic.fma(SINGLE, a & 0xffff_ffffL, y & 0xffff_ffffL, c & 0xffff_ffffL, m);
    }

    public static long addps(long a, long b, Mxcsr m) {
        return word(addss((int) a, (int) b, m), addss((int) (a >>> 32), (int) (b >>> 32), m));
    }

    public static long subps(long a, long b, Mxcsr m) {
        return word(subss((int) a, (int) b, m), subss((int) (a >>> 32), (int) (b >>> 32), m));
    }

    public static long mulps(long a, long b, Mxcsr m) {
        return word(mulss((int) a, (int) b, m), mulss((int) (a >>> 32), (int) (b >>> 32), m));
    }

    public static long divps(long a, long b, Mxcsr m) {
        return word(divss((int) a, (int) b, m), divss((int) (a >>> 32), (int) (b >>> 32), m));
    }

    /** Source b. */
    public static long sqrtps(long b, Mxcsr m) {
        return word(sqrtss((int) b, m), sqrtss((int) (b >>> 32), m));
    }

    static long word(int low, int high) {
        return low & 0xffff_ffffL | (long) high << 32;
    }

    static boolean isNan(int bits) {
        return (bits & 0x7fff_ffff) > EXPONENT;
    }

    /** Neither denormal, infinite nor NaN. */
    static boolean ordinary(int bits) {
        int field = bits & EXPONENT;
        return field != EXPONENT && (field != 0 || bits << 1 == 0);
    }

    private static boolean inRange(float r) {
        float magnitude = Math.abs(r);
        return magnitude > Float.MIN_NORMAL && magnitude <= Float.MAX_VALUE;
    }

    private static boolean sumIsExact(float x, float y, float r) {
        float yPart = r - x;
        float xPart = r - yPart;
        return (x - xPart) + (y - yPart) == 0;
    }
}
