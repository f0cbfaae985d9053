package io.paravert.soft.numeric.x87;

import io.paravert.soft.numeric.fp.Unrounded;

/** Arithmetic on extended values: operands in, an {@link X87Result} out. Rounds to the precision that the control word asks for. */
final class ExtendedArithmetic {
    private ExtendedArithmetic() {}

    static void add(int ase, long a, int bse, long b, X87Result r) {
        if (special(ase, a, bse, b, r)) return;
        boolean infiniteA = Extended.isInfinite(ase, a);
        boolean infiniteB = Extended.isInfinite(bse, b);
        if (infiniteA && infiniteB && ase != bse) {
            r.invalid();
            return;
        }
        denormals(ase, a, bse, b, r);
        if (infiniteA || infiniteB) {
            r.infinity(Extended.isNegative(infiniteA ? ase : bse));
            return;
        }
        boolean zeroA = Extended.isZero(ase, a);
        boolean zeroB = Extended.isZero(bse, b);
        if (zeroA && zeroB) {
            r.zero(ase == bse ? Extended.isNegative(ase) : r.rounding() == 1);
            return;
        }
        if (zeroA) {
            load(r.unrounded, bse, b);
        } else {
            load(r.unrounded, ase, a);
            if (!zeroB && !plus(r.unrounded, bse, b)) {
                r.zero(r.rounding() == 1);
                return;
            }
        }
        r.round(r.precision());
    }

    static void sub(int ase, long a, int bse, long b, X87Result r) {
        if (special(ase, a, bse, b, r)) return;
        add(ase, a, bse ^ Extended.SIGN, b, r);
    }

    static void mul(int ase, long a, int bse, long b, X87Result r) {
        if (special(ase, a, bse, b, r)) return;
        boolean negative = Extended.isNegative(ase ^ bse);
        boolean infinite = Extended.isInfinite(ase, a) || Extended.isInfinite(bse, b);
        boolean zero = Extended.isZero(ase, a) || Extended.isZero(bse, b);
        if (infinite && zero) {
            r.invalid();
            return;
        }
        denormals(ase, a, bse, b, r);
        if (infinite) {
            r.infinity(negative);
        } else if (zero) {
            r.zero(negative);
        } else {
            r.unrounded.product(
                    Extended.isNegative(ase),
                    Extended.exponent(ase, a),
                    Extended.significand(a),
                    Extended.isNegative(bse),
                    Extended.exponent(bse, b),
                    Extended.significand(b));
            r.round(r.precision());
        }
    }

    static void div(int ase, long a, int bse, long b, X87Result r) {
        if (special(ase, a, bse, b, r)) return;
        boolean negative = Extended.isNegative(ase ^ bse);
        boolean infiniteA = Extended.isInfinite(ase, a);
        boolean infiniteB = Extended.isInfinite(bse, b);
        boolean zeroA = Extended.isZero(ase, a);
        boolean zeroB = Extended.isZero(bse, b);
        if ((infiniteA && infiniteB) || (zeroA && zeroB)) {
            r.invalid();
            return;
        }
        if (zeroB && !infiniteA) {
            r.raise(X87Result.ZE);
            r.infinity(negative);
            return;
        }
        denormals(ase, a, bse, b, r);
        if (infiniteA) {
            r.infinity(negative);
        } else if (infiniteB || zeroA) {
            r.zero(negative);
        } else {
            r.unrounded.quotient(
                    Extended.isNegative(ase),
                    Extended.exponent(ase, a),
                    Extended.significand(a),
                    Extended.isNegative(bse),
                    Extended.exponent(bse, b),
                    Extended.significand(b));
            r.round(r.precision());
        }
    }

    static void sqrt(int ase, long a, X87Result r) {
        if (special(ase, a, ase, a, r)) return;
        if (Extended.isZero(ase, a)) {
            r.set(ase, a);
            return;
        }
        if (Extended.isNegative(ase)) {
            r.invalid();
            return;
        }
        denormals(ase, a, ase, a, r);
        if (Extended.isInfinite(ase, a)) {
            r.set(ase, a);
            return;
        }
        r.unrounded.root(Extended.exponent(ase, a), Extended.significand(a));
        r.round(r.precision());
    }

    /** Handles NaNs and unsupported encodings. True if the result is made. */
    static boolean special(int ase, long a, int bse, long b, X87Result r) {
        if (Extended.isUnsupported(ase, a) || Extended.isUnsupported(bse, b)) {
            r.invalid();
            return true;
        }
        boolean nanA = Extended.isNan(ase, a);
        boolean nanB = Extended.isNan(bse, b);
        if (!nanA && !nanB) return false;
        boolean signallingA = Extended.isSignalling(ase, a);
        boolean signallingB = Extended.isSignalling(bse, b);
        if (signallingA || signallingB) r.raise(X87Result.IE);
        boolean takeA = nanA;
        if (nanA && nanB) takeA = firstNan(ase, a, bse, b);
        r.set(takeA ? ase : bse, (takeA ? a : b) | Extended.QUIET_BIT);
        return true;
    }

    /** Of two NaNs: the quiet one, else the one with the larger significand, else the positive one. */
    private static boolean firstNan(int ase, long a, int bse, long b) {
        boolean signallingA = Extended.isSignalling(ase, a);
        if (signallingA != Extended.isSignalling(bse, b)) return !signallingA;
        if (a != b) return Long.compareUnsigned(a, b) > 0;
        return (ase & Extended.SIGN) == 0;
    }

    static void denormals(int ase, long a, int bse, long b, X87Result r) {
        if (r.denormalSource || Extended.isDenormal(ase, a) || Extended.isDenormal(bse, b)) r.raise(X87Result.DE);
    }

    static void load(Unrounded u, int se, long sig) {
        u.set(Extended.isNegative(se), Extended.exponent(se, sig), Extended.significand(sig), 0);
    }

    private static boolean plus(Unrounded u, int se, long sig) {
        return u.add(Extended.isNegative(se), Extended.exponent(se, sig), Extended.significand(sig), 0);
    }
}
