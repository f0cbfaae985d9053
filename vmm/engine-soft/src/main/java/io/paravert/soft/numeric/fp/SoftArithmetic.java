package io.paravert.soft.numeric.fp;

/** The soft path: arithmetic in any {@link Format}, by integers alone, with every MXCSR setting. */
final class SoftArithmetic {
    private SoftArithmetic() {}

    static long add(Format f, long x, long y, Mxcsr m) {
        long a = f.operand(x, m);
        long b = f.operand(y, m);
        if (f.isNan(a) || f.isNan(b)) return nan(f, a, b, m);
        if (f.isInfinite(a) || f.isInfinite(b)) {
            if (f.isInfinite(a) && f.isInfinite(b) && a != b) return invalid(f, m);
            denormals(f, a, b, m);
            return f.isInfinite(a) ? a : b;
        }
        denormals(f, a, b, m);
        if (f.isZero(a) && f.isZero(b)) return a == b ? a : f.zero(m.rounding() == Mxcsr.DOWN);
        Unrounded u = m.unrounded;
        if (f.isZero(a) || f.isZero(b)) {
            long v = f.isZero(a) ? b : a;
            u.set(f.isNegative(v), f.exponent(v), f.significand(v), 0);
            return f.round(m);
        }
        u.set(f.isNegative(a), f.exponent(a), f.significand(a), 0);
        if (!u.add(f.isNegative(b), f.exponent(b), f.significand(b), 0)) return f.zero(m.rounding() == Mxcsr.DOWN);
        return f.round(m);
    }

    static long sub(Format f, long x, long y, Mxcsr m) {
        long a = f.operand(x, m);
        long b = f.operand(y, m);
        if (f.isNan(a) || f.isNan(b)) return nan(f, a, b, m);
        return add(f, a, b ^ f.sign, m);
    }

    static long mul(Format f, long x, long y, Mxcsr m) {
        long a = f.operand(x, m);
        long b = f.operand(y, m);
        if (f.isNan(a) || f.isNan(b)) return nan(f, a, b, m);
        boolean negative = f.isNegative(a ^ b);
        if (f.isInfinite(a) || f.isInfinite(b)) {
            if (f.isZero(a) || f.isZero(b)) return invalid(f, m);
            denormals(f, a, b, m);
            return f.infinity(negative);
        }
        denormals(f, a, b, m);
        if (f.isZero(a) || f.isZero(b)) return f.zero(negative);
        m.unrounded.product(
                f.isNegative(a), f.exponent(a), f.significand(a), f.isNegative(b), f.exponent(b), f.significand(b));
        return f.round(m);
    }

    static long div(Format f, long x, long y, Mxcsr m) {
        long a = f.operand(x, m);
        long b = f.operand(y, m);
        if (f.isNan(a) || f.isNan(b)) return nan(f, a, b, m);
        boolean negative = f.isNegative(a ^ b);
        if (f.isInfinite(a)) {
            if (f.isInfinite(b)) return invalid(f, m);
            denormals(f, a, b, m);
            return f.infinity(negative);
        }
        if (f.isZero(b)) {
            if (f.isZero(a)) return invalid(f, m);
            m.raise(Mxcsr.ZE);
            return f.infinity(negative);
        }
        denormals(f, a, b, m);
        if (f.isZero(a) || f.isInfinite(b)) return f.zero(negative);
        m.unrounded.quotient(
                f.isNegative(a), f.exponent(a), f.significand(a), f.isNegative(b), f.exponent(b), f.significand(b));
        return f.round(m);
    }

    static long sqrt(Format f, long x, Mxcsr m) {
        long a = f.operand(x, m);
        if (f.isNan(a)) return nan(f, a, a, m);
        if (f.isZero(a)) return a;
        if (f.isNegative(a)) return invalid(f, m);
        denormals(f, a, a, m);
        if (f.isInfinite(a)) return a;
        m.unrounded.root(f.exponent(a), f.significand(a));
        return f.round(m);
    }

    /** x * y + z, rounded once. */
    static long fma(Format f, long x, long y, long z, Mxcsr m) {
        long a = f.operand(x, m);
        long b = f.operand(y, m);
        long c = f.operand(z, m);
        boolean undefinedProduct = (f.isInfinite(a) && f.isZero(b)) || (f.isZero(a) && f.isInfinite(b));
        if (f.isNan(a) || f.isNan(b) || f.isNan(c)) return fmaNan(f, a, b, c, m);
        boolean negative = f.isNegative(a ^ b);
        boolean infiniteProduct = f.isInfinite(a) || f.isInfinite(b);
        if (undefinedProduct || (infiniteProduct && f.isInfinite(c) && f.isNegative(c) != negative)) {
            return invalid(f, m);
        }
        denormals(f, a, b, m);
        denormals(f, c, c, m);
        if (infiniteProduct) return f.infinity(negative);
        if (f.isInfinite(c)) return c;
        return fmaFinite(f, a, b, c, m);
    }

    private static long fmaFinite(Format f, long a, long b, long c, Mxcsr m) {
        boolean negative = f.isNegative(a ^ b);
        Unrounded u = m.unrounded;
        if (f.isZero(a) || f.isZero(b)) {
            if (f.isZero(c)) return f.isNegative(c) == negative ? c : f.zero(m.rounding() == Mxcsr.DOWN);
            u.set(f.isNegative(c), f.exponent(c), f.significand(c), 0);
            return f.round(m);
        }
        u.product(f.isNegative(a), f.exponent(a), f.significand(a), f.isNegative(b), f.exponent(b), f.significand(b));
        if (!f.isZero(c) && !u.add(f.isNegative(c), f.exponent(c), f.significand(c), 0)) {
            return f.zero(m.rounding() == Mxcsr.DOWN);
        }
        return f.round(m);
    }

    private static long fmaNan(Format f, long a, long b, long c, Mxcsr m) {
        if (f.isSignalling(a) || f.isSignalling(b) || f.isSignalling(c)) m.raise(Mxcsr.IE);
        return (f.isNan(a) ? a : f.isNan(b) ? b : c) | f.quiet;
    }

    /** The first operand if it is a NaN, else the second, made quiet. */
    static long nan(Format f, long a, long b, Mxcsr m) {
        if (f.isSignalling(a) || f.isSignalling(b)) m.raise(Mxcsr.IE);
        return (f.isNan(a) ? a : b) | f.quiet;
    }

    static long invalid(Format f, Mxcsr m) {
        m.raise(Mxcsr.IE);
        return f.indefinite;
    }

    static void denormals(Format f, long a, long b, Mxcsr m) {
        if (f.isDenormal(a) || f.isDenormal(b)) m.raise(Mxcsr.DE);
    }
}
