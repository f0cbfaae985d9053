package io.paravert.soft.numeric.x87;

import io.paravert.soft.numeric.fp.Format;
import io.paravert.soft.numeric.integer.Wide;

/** FPREM, FPREM1, FSCALE, FXTRACT, FRNDINT: operations on the parts of a number. They do not heed precision control. */
public final class X87Parts {
    /** Beyond it a scale overflows or vanishes whatever it scales. */
    private static final int LARGEST_SCALE = 0x10000;

    private X87Parts() {}

    /** FPREM: remainder of truncating division; or, for exponents 64 or more apart, one step towards it (C2 set). */
    public static void prem(X87State f) {
        remainder(f, false);
    }

    /** FPREM1: remainder of division to nearest (IEEE 754). */
    public static void prem1(X87State f) {
        remainder(f, true);
    }

    private static void remainder(X87State f, boolean nearest) {
        X87Result r = f.begin();
        if (f.isEmpty(0) || f.isEmpty(1)) {
            f.deliverUnderflow(0, false);
            f.clearC2();
            return;
        }
        int conditions = remainder(f.se(0), f.sig(0), f.se(1), f.sig(1), nearest, r);
        boolean refused = f.refused();
        f.deliver(0, false);
        if (refused || conditions < 0) {
            f.clearC2();
        } else {
            f.conditions(conditions & ~X87State.C1);
            f.c1((conditions & X87State.C1) != 0);
        }
    }

    /** Makes the remainder in r and returns the condition codes; -1 for none. */
    private static int remainder(int ase, long a, int bse, long b, boolean nearest, X87Result r) {
        if (ExtendedArithmetic.special(ase, a, bse, b, r)) return -1;
        if (Extended.isInfinite(ase, a) || Extended.isZero(bse, b)) {
            r.invalid();
            return -1;
        }
        ExtendedArithmetic.denormals(ase, a, bse, b, r);
        if (Extended.isZero(ase, a)) {
            r.set(ase, a);
            return 0;
        }
        int difference = Extended.isInfinite(bse, b) ? -2 : Extended.exponent(ase, a) - Extended.exponent(bse, b);
        if (difference < (nearest ? -1 : 0)) {
            ExtendedArithmetic.load(r.unrounded, ase, a);
            r.round(64);
            return 0;
        }
        return finite(ase, a, b, difference, nearest, r);
    }

    private static int finite(int ase, long a, long b, int difference, boolean nearest, X87Result r) {
        long sa = Extended.significand(a);
        long sb = Extended.significand(b);
        boolean negative = Extended.isNegative(ase);
        boolean partial = difference >= 64;
        int bits = partial ? 32 + (difference & 31) : difference;
        int exponent = Extended.exponent(ase, a) - Math.max(bits, 0);
        long rest = sa;
        long quotient = 0;
        if (bits >= 0) {
            long first = Long.compareUnsigned(sa, sb) >= 0 ? 1 : 0;
            rest = sa - first * sb;
            long high = bits == 0 ? 0 : rest >>> 64 - bits;
            long low = rest << bits;
            long q = bits == 0 ? 0 : Wide.divide(high, low, sb);
            quotient = (first << bits) + q;
            rest = low - q * sb;
        }
        if (nearest && !partial && roundsUp(bits, rest, sb, quotient)) {
            quotient++;
            rest = bits < 0 ? 2 * sb - rest : sb - rest;
            negative = !negative;
        }
        if (rest == 0) {
            r.zero(Extended.isNegative(ase));
        } else {
            r.unrounded.setInteger(negative, exponent - 63, 0, rest);
            r.round(64);
        }
        return partial ? X87State.C2 : quotientBits(quotient);
    }

    /** Whether the quotient to nearest is one more: twice the rest is over the divisor, or equal to it and the quotient odd. */
    private static boolean roundsUp(int bits, long rest, long sb, long quotient) {
        if (bits < 0) return Long.compareUnsigned(rest, sb) > 0; // rest counts half of what sb does
        int c = Long.compareUnsigned(rest, sb - rest);
        return c > 0 || (c == 0 && (quotient & 1) != 0);
    }

    private static int quotientBits(long q) {
        return ((q & 4) != 0 ? X87State.C0 : 0) | ((q & 2) != 0 ? X87State.C3 : 0) | ((q & 1) != 0 ? X87State.C1 : 0);
    }

    /** FSCALE: ST(0) times two to the truncated ST(1). */
    public static void scale(X87State f) {
        X87Result r = f.begin();
        if (f.isEmpty(0) || f.isEmpty(1)) {
            f.deliverUnderflow(0, false);
            return;
        }
        scale(f.se(0), f.sig(0), f.se(1), f.sig(1), r);
        f.deliver(0, false);
    }

    private static void scale(int ase, long a, int bse, long b, X87Result r) {
        if (ExtendedArithmetic.special(ase, a, bse, b, r)) return;
        boolean negative = Extended.isNegative(ase);
        boolean down = Extended.isNegative(bse);
        boolean zero = Extended.isZero(ase, a);
        boolean infinite = Extended.isInfinite(ase, a);
        if (Extended.isInfinite(bse, b)) {
            if (down ? infinite : zero) {
                r.invalid();
                return;
            }
            ExtendedArithmetic.denormals(ase, a, bse, b, r);
            if (down) r.zero(negative);
            else r.infinity(negative);
            return;
        }
        ExtendedArithmetic.denormals(ase, a, bse, b, r);
        if (zero || infinite) {
            r.set(ase, a);
            return;
        }
        int scale = 0;
        if (!Extended.isZero(bse, b)) {
            int exponent = Extended.exponent(bse, b);
            if (exponent >= 16) scale = LARGEST_SCALE;
            else if (exponent >= 0) scale = (int) (Extended.significand(b) >>> 63 - exponent);
        }
        ExtendedArithmetic.load(r.unrounded, ase, a);
        r.unrounded.exponent += down ? -scale : scale;
        r.round(64);
    }

    /** FXTRACT: ST(0) becomes the exponent, and the significand is pushed. */
    public static void extract(X87State f) {
        X87Result r = f.begin();
        if (f.isEmpty(0) || !f.isEmpty(7)) {
            if (f.stackFault(!f.isEmpty(0))) {
                f.write(0, Extended.INDEFINITE_SE, Extended.INDEFINITE);
                f.pushValue(Extended.INDEFINITE_SE, Extended.INDEFINITE);
            }
            f.conclude();
            return;
        }
        int se = f.se(0);
        long sig = f.sig(0);
        int exponentSe = 0;
        long exponentSig = 0;
        if (ExtendedArithmetic.special(se, sig, se, sig, r)) {
            exponentSe = r.signExponent;
            exponentSig = r.significand;
        } else if (Extended.isInfinite(se, sig)) {
            exponentSe = Extended.MAX_FIELD;
            exponentSig = Extended.INTEGER_BIT;
            r.set(se, sig);
        } else if (Extended.isZero(se, sig)) {
            r.raise(X87Result.ZE);
            exponentSe = Extended.SIGN | Extended.MAX_FIELD;
            exponentSig = Extended.INTEGER_BIT;
            r.set(se, sig);
        } else {
            ExtendedArithmetic.denormals(se, sig, se, sig, r);
            X87Convert.fromInteger(Extended.exponent(se, sig), r);
            exponentSe = r.signExponent;
            exponentSig = r.significand;
            r.set(se & Extended.SIGN | Extended.BIAS, Extended.significand(sig));
        }
        if (!f.refused()) f.write(0, exponentSe, exponentSig);
        f.push();
    }

    /** FRNDINT: rounded to an integral value as RC says. */
    public static void roundToInteger(X87State f) {
        X87Result r = f.begin();
        if (f.isEmpty(0)) {
            f.deliverUnderflow(0, false);
            return;
        }
        roundToInteger(f.se(0), f.sig(0), r);
        f.deliver(0, false);
    }

    private static void roundToInteger(int se, long sig, X87Result r) {
        if (ExtendedArithmetic.special(se, sig, se, sig, r)) return;
        ExtendedArithmetic.denormals(se, sig, se, sig, r);
        r.set(se, sig);
        if (Extended.isInfinite(se, sig) || Extended.isZero(se, sig)) return;
        int exponent = Extended.exponent(se, sig);
        if (exponent >= 63) return;
        long s = Extended.significand(sig);
        boolean negative = Extended.isNegative(se);
        long kept = exponent < 0 ? 0 : s >>> 63 - exponent;
        long below = exponent < -1 ? 1 : s << exponent + 1;
        if (below == 0) return;
        r.raise(X87Result.PE);
        if (Format.increment(r.rounding(), negative, kept, below, 0)) {
            kept++;
            r.roundedUp = true;
        }
        X87Convert.fromInteger(kept, r); // below 2^63, or 2^63 itself, whose absolute value is right as unsigned
        r.signExponent = r.signExponent & Extended.MAX_FIELD | se & Extended.SIGN;
    }
}
