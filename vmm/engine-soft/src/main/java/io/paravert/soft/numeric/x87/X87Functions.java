package io.paravert.soft.numeric.x87;

import io.paravert.soft.numeric.fp.Unrounded;

/**
 * FSIN, FCOS, FSINCOS, FPTAN, FPATAN, F2XM1, FYL2X, FYL2XP1. Results are rounded from some 115 bits; angles are reduced by the
 * 66 bits of pi that processors have. The processor's own results differ from these by a few units in the last place at most.
 */
public final class X87Functions {
    /** Exponent from which angles are out of range: C2 is set and nothing else happens. */
    private static final int RANGE = 63;

    private X87Functions() {}

    public static void sin(X87State f) {
        trigonometric(f, 0);
    }

    public static void cos(X87State f) {
        trigonometric(f, 1);
    }

    private static void trigonometric(X87State f, int quadrant) {
        X87Result r = f.begin();
        if (f.isEmpty(0)) {
            f.deliverUnderflow(0, false);
            f.clearC2();
            return;
        }
        if (outOfRange(f)) return;
        boolean zero = Extended.isZero(f.se(0), f.sig(0));
        if (!angle(f, r)) sine(f, r, quadrant);
        else if (zero && quadrant == 1) r.set(Extended.BIAS, Extended.INTEGER_BIT);
        f.deliver(0, false);
        f.clearC2();
    }

    /** FSINCOS: the sine replaces the angle, the cosine is pushed. */
    public static void sincos(X87State f) {
        X87Result r = f.begin();
        if (!ready(f) || outOfRange(f)) return;
        boolean zero = Extended.isZero(f.se(0), f.sig(0));
        boolean made = angle(f, r);
        if (!made) sine(f, r, 0);
        int sineSe = r.signExponent;
        long sineSig = r.significand;
        if (!made) sine(f, r, 1);
        else if (zero) r.set(Extended.BIAS, Extended.INTEGER_BIT);
        replaceAndPush(f, sineSe, sineSig);
    }

    /** FPTAN: the tangent replaces the angle, 1 is pushed. */
    public static void tan(X87State f) {
        X87Result r = f.begin();
        if (!ready(f) || outOfRange(f)) return;
        boolean zero = Extended.isZero(f.se(0), f.sig(0));
        boolean made = angle(f, r);
        if (!made) {
            Unrounded u = r.unrounded;
            ExtendedArithmetic.load(u, f.se(0), f.sig(0));
            f.elementary.tangent(u, f.elementary.reduce(u));
            r.round(64);
        }
        int tangentSe = r.signExponent;
        long tangent = r.significand;
        if (!made || zero) r.set(Extended.BIAS, Extended.INTEGER_BIT);
        replaceAndPush(f, tangentSe, tangent);
    }

    /** Ends an instruction that replaces ST(0) and pushes what the result holds. */
    private static void replaceAndPush(X87State f, int se, long sig) {
        if (!f.refused()) f.write(0, se, sig);
        f.push();
        f.clearC2();
    }

    /** For instructions that push beside replacing: false if the stack has faulted and the instruction is done. */
    private static boolean ready(X87State f) {
        if (!f.isEmpty(0) && f.isEmpty(7)) return true;
        if (f.stackFault(!f.isEmpty(0))) {
            f.write(0, Extended.INDEFINITE_SE, Extended.INDEFINITE);
            f.pushValue(Extended.INDEFINITE_SE, Extended.INDEFINITE);
        }
        f.conclude();
        f.clearC2();
        return false;
    }

    private static boolean outOfRange(X87State f) {
        int field = Extended.field(f.se(0));
        if (field < Extended.BIAS + RANGE || field == Extended.MAX_FIELD || f.sig(0) >= 0) return false;
        f.conclude();
        f.setC2();
        return true;
    }

    /** Handles angles that need no computing (zero leaves itself as the result); raises DE for the others. */
    private static boolean angle(X87State f, X87Result r) {
        int se = f.se(0);
        long sig = f.sig(0);
        if (ExtendedArithmetic.special(se, sig, se, sig, r)) return true;
        if (Extended.isInfinite(se, sig)) {
            r.invalid();
            return true;
        }
        r.set(se, sig);
        if (Extended.isZero(se, sig)) return true;
        ExtendedArithmetic.denormals(se, sig, se, sig, r);
        return false;
    }

    private static void sine(X87State f, X87Result r, int quadrant) {
        Unrounded u = r.unrounded;
        ExtendedArithmetic.load(u, f.se(0), f.sig(0));
        f.elementary.sine(u, f.elementary.reduce(u) + quadrant);
        r.round(64);
    }

    /** F2XM1: 2^ST(0) - 1, for ST(0) between -1 and 1. */
    public static void exp2m1(X87State f) {
        X87Result r = f.begin();
        if (f.isEmpty(0)) {
            f.deliverUnderflow(0, false);
            return;
        }
        int se = f.se(0);
        long sig = f.sig(0);
        if (!ExtendedArithmetic.special(se, sig, se, sig, r)) exp2m1(f, se, sig, r);
        f.deliver(0, false);
    }

    private static void exp2m1(X87State f, int se, long sig, X87Result r) {
        ExtendedArithmetic.denormals(se, sig, se, sig, r);
        r.set(se, sig);
        if (Extended.isZero(se, sig)) return;
        boolean negative = Extended.isNegative(se);
        if (Extended.isInfinite(se, sig)) {
            if (negative) r.set(Extended.SIGN | Extended.BIAS, Extended.INTEGER_BIT);
            return;
        }
        ExtendedArithmetic.load(r.unrounded, se, sig);
        r.raise(X87Result.PE); // Zen raises it also for 1 and -1, whose results are exact
        if (r.unrounded.exponent == 0 && r.unrounded.high == Extended.INTEGER_BIT) {
            r.set(negative ? Extended.SIGN | Extended.BIAS - 1 : Extended.BIAS, Extended.INTEGER_BIT);
        } else if (r.unrounded.exponent < 0) {
            f.elementary.exp2m1(r.unrounded);
            r.round(64);
        } // beyond its range Zen leaves the operand
    }

    /** FPATAN: ST(1) becomes the angle of the point (x = ST(0), y = ST(1)); pops. */
    public static void atan(X87State f) {
        X87Result r = f.begin();
        if (f.isEmpty(0) || f.isEmpty(1)) {
            f.deliverUnderflow(1, true);
            return;
        }
        if (!ExtendedArithmetic.special(f.se(1), f.sig(1), f.se(0), f.sig(0), r)) {
            ExtendedArithmetic.denormals(f.se(1), f.sig(1), f.se(0), f.sig(0), r);
            atan(f, f.se(1), f.sig(1), f.se(0), f.sig(0), r);
        }
        f.deliver(1, true);
    }

    private static void atan(X87State f, int yse, long y, int xse, long x, X87Result r) {
        boolean infiniteX = Extended.isInfinite(xse, x);
        boolean infiniteY = Extended.isInfinite(yse, y);
        boolean left = Extended.isNegative(xse);
        boolean negative = Extended.isNegative(yse);
        Unrounded u = r.unrounded;
        if (infiniteX && infiniteY) {
            angle(r, negative, left ? 3 : 1);
        } else if (infiniteY || Extended.isZero(xse, x) && !Extended.isZero(yse, y)) {
            angle(r, negative, 2);
        } else if (infiniteX || Extended.isZero(yse, y)) {
            if (left) angle(r, negative, 4);
            else r.zero(negative);
        } else {
            ExtendedArithmetic.load(u, yse, y);
            Unrounded divisor = f.second;
            ExtendedArithmetic.load(divisor, xse, x);
            f.elementary.arcTangent(u, divisor);
            r.round(64);
        }
    }

    /** An odd or even number of quarters of pi. */
    private static void angle(X87Result r, boolean negative, int quarters) {
        long high = quarters == 3 ? 0x96cb_e3f9_990e_91a7L : 0xc90f_daa2_2168_c234L;
        long low = quarters == 3 ? 0x9394_c9e8_a0a5_159cL : 0xc4c6_628b_80dc_1cd1L;
        int exponent = quarters == 1 ? -1 : quarters == 2 ? 0 : 1;
        r.unrounded.set(negative, exponent, high, low);
        r.round(64);
    }

    /** FYL2X: ST(1) times the binary logarithm of ST(0); pops. */
    public static void yl2x(X87State f) {
        logarithm(f, false);
    }

    /** FYL2XP1: ST(1) times the binary logarithm of ST(0) + 1; pops. */
    public static void yl2xp1(X87State f) {
        logarithm(f, true);
    }

    private static void logarithm(X87State f, boolean plusOne) {
        X87Result r = f.begin();
        if (f.isEmpty(0) || f.isEmpty(1)) {
            f.deliverUnderflow(1, true);
            return;
        }
        if (!ExtendedArithmetic.special(f.se(1), f.sig(1), f.se(0), f.sig(0), r)) {
            if (plusOne) yl2xp1(f, f.se(1), f.sig(1), f.se(0), f.sig(0), r);
            else yl2x(f, f.se(1), f.sig(1), f.se(0), f.sig(0), r);
        }
        f.deliver(1, true);
    }

    private static void yl2x(X87State f, int yse, long y, int xse, long x, X87Result r) {
        boolean zeroX = Extended.isZero(xse, x);
        boolean negativeY = Extended.isNegative(yse);
        boolean zeroY = Extended.isZero(yse, y);
        boolean infiniteY = Extended.isInfinite(yse, y);
        if (Extended.isNegative(xse) && !zeroX) {
            r.invalid();
            return;
        }
        boolean one = field(xse, x) == Extended.BIAS && x == Extended.INTEGER_BIT;
        if ((zeroX || Extended.isInfinite(xse, x)) && zeroY || one && infiniteY) {
            r.invalid();
            return;
        }
        if (zeroX) {
            if (!infiniteY) r.raise(X87Result.ZE);
            r.infinity(!negativeY);
            return;
        }
        ExtendedArithmetic.denormals(yse, y, xse, x, r);
        boolean below = field(xse, x) < Extended.BIAS;
        if (Extended.isInfinite(xse, x) || infiniteY) {
            r.infinity(negativeY ^ below);
        } else if (one || zeroY) {
            r.zero(negativeY ^ below);
        } else {
            ExtendedArithmetic.load(r.unrounded, xse, x);
            f.elementary.log2(r.unrounded);
            times(f, yse, y, r);
        }
    }

    private static int field(int se, long sig) {
        return sig == 0 ? 0 : Extended.field(se);
    }

    private static void times(X87State f, int yse, long y, X87Result r) {
        Unrounded u = r.unrounded;
        r.raise(X87Result.PE); // Zen raises it also where the product is exact
        if (u.low == 0) { // the logarithm of a power of two is exact
            u.product(
                    u.negative,
                    u.exponent,
                    u.high,
                    Extended.isNegative(yse),
                    Extended.exponent(yse, y),
                    Extended.significand(y));
        } else {
            ExtendedArithmetic.load(f.second, yse, y);
            u.multiply(f.second);
        }
        r.round(64);
    }

    private static void yl2xp1(X87State f, int yse, long y, int xse, long x, X87Result r) {
        boolean negativeX = Extended.isNegative(xse);
        boolean negative = negativeX ^ Extended.isNegative(yse);
        boolean zeroX = Extended.isZero(xse, x);
        boolean zeroY = Extended.isZero(yse, y);
        boolean infiniteY = Extended.isInfinite(yse, y);
        if (zeroX && infiniteY || Extended.isInfinite(xse, x) && (zeroY || negativeX)) {
            r.invalid();
            return;
        }
        ExtendedArithmetic.denormals(yse, y, xse, x, r);
        if (Extended.isInfinite(xse, x) || infiniteY) {
            r.infinity(negative);
        } else if (zeroX || zeroY) {
            r.zero(negative);
        } else if (negativeX && Extended.field(xse) >= Extended.BIAS) {
            r.raise(X87Result.PE);
            r.set(xse, x); // from -1 down the result is undefined; Zen's is the operand
        } else {
            ExtendedArithmetic.load(r.unrounded, xse, x);
            f.elementary.log2p1(r.unrounded);
            times(f, yse, y, r);
        }
    }
}
