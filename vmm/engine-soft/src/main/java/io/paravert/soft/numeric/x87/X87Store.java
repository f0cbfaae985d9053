package io.paravert.soft.numeric.x87;

import io.paravert.soft.numeric.fp.Format;
import io.paravert.soft.numeric.fp.Unrounded;

/**
 * FST, FSTP, FIST, FISTP, FISTTP, FBSTP. A store to memory is prepared here and changes nothing; if the method returns true the glue
 * writes {@link X87State#stored} (and {@link X87State#storedHigh}) to memory, which may fault and so abandon the
 * instruction; then, in either case, it calls {@link X87State#finishStore}.
 */
public final class X87Store {
    private static final long BCD_LIMIT = 999_999_999_999_999_999L;

    private X87Store() {}

    /** FST m32: the low 32 bits of what is stored. */
    public static boolean single(X87State f) {
        return narrow(f, 24, 127);
    }

    /** FST m64. */
    public static boolean dbl(X87State f) {
        return narrow(f, 53, 1023);
    }

    /** FSTP m80: no exceptions but the stack's. */
    public static boolean extended(X87State f) {
        f.begin();
        if (f.isEmpty(0)) {
            f.stackFault(false);
            return f.prepareStore(Extended.INDEFINITE, Extended.INDEFINITE_SE);
        }
        return f.prepareStore(f.sig(0), f.se(0));
    }

    /** FST ST(i) and FSTP ST(i). */
    public static void register(X87State f, int i, boolean pop) {
        X87Result r = f.begin();
        if (f.isEmpty(0)) {
            f.deliverUnderflow(i, pop);
            return;
        }
        r.set(f.se(0), f.sig(0));
        f.deliver(i, pop);
    }

    /** D9 D8+i, the other FSTP ST(i), as Zen does it: without exceptions; an empty ST(0) is popped and not copied. */
    public static void copy(X87State f, int i) {
        if (!f.isEmpty(0)) f.write(i, f.se(0), f.sig(0));
        f.pop();
        f.c1(false);
    }

    /** FIST, FISTP and (truncating) FISTTP, of 16, 32 or 64 bits. */
    public static boolean integer(X87State f, int bits, boolean truncate) {
        X87Result r = f.begin();
        long lowest = 1L << bits - 1;
        if (f.isEmpty(0)) {
            f.stackFault(false);
            return f.prepareStore(-lowest, 0);
        }
        int mode = truncate ? 3 : r.rounding();
        long value = X87Convert.toInteger(f.se(0), f.sig(0), mode, lowest - 1, lowest, r);
        return f.prepareStore((r.raised & X87Result.IE) != 0 ? -lowest : value, 0);
    }

    /** FBSTP: 18 decimal digits and a sign. */
    public static boolean bcd(X87State f) {
        X87Result r = f.begin();
        if (f.isEmpty(0)) {
            f.stackFault(false);
            return f.prepareStore(Extended.INDEFINITE, Extended.INDEFINITE_SE);
        }
        long value = X87Convert.toInteger(f.se(0), f.sig(0), r.rounding(), BCD_LIMIT, BCD_LIMIT, r);
        if ((r.raised & X87Result.IE) != 0) return f.prepareStore(Extended.INDEFINITE, Extended.INDEFINITE_SE);
        long rest = Math.abs(value);
        long low = 0;
        for (int shift = 0; shift < 64; shift += 4) {
            low |= rest % 10 << shift;
            rest /= 10;
        }
        return f.prepareStore(low, (int) (rest / 10 << 4 | rest % 10) | f.se(0) & Extended.SIGN);
    }

    private static boolean narrow(X87State f, int precision, int bias) {
        X87Result r = f.begin();
        int sign = 63 - (precision == 24 ? 32 : 0);
        long special = (2L * bias + 1) << precision - 1;
        int se = f.se(0);
        long sig = f.sig(0);
        if (f.isEmpty(0) || Extended.isUnsupported(se, sig)) {
            if (f.isEmpty(0)) f.stackFault(false);
            else r.raise(X87Result.IE);
            return f.prepareStore(-1L << precision - 2, 0);
        }
        long negative = (long) (se >> 15) << sign;
        if (Extended.isNan(se, sig)) {
            if (Extended.isSignalling(se, sig)) r.raise(X87Result.IE);
            long payload = (sig | Extended.QUIET_BIT) << 1 >>> 65 - precision;
            return f.prepareStore(negative | special | payload, 0);
        }
        if (Extended.isInfinite(se, sig)) return f.prepareStore(negative | special, 0);
        if (Extended.isZero(se, sig)) return f.prepareStore(negative, 0);
        ExtendedArithmetic.load(r.unrounded, se, sig);
        return f.prepareStore(negative | round(r, precision, bias, special), 0);
    }

    /** Magnitude of the rounded value; raises OE, UE, PE and sets C1. */
    private static long round(X87Result r, int precision, int bias, long special) {
        Unrounded u = r.unrounded;
        int min = 1 - bias;
        boolean small = u.exponent < min;
        int drop = 64 - precision + (small ? min - u.exponent : 0);
        long kept = drop >= 64 ? 0 : u.high >>> drop;
        long below = drop > 64 ? 1 : drop == 64 ? u.high : u.high << 64 - drop;
        boolean up = below != 0 && Format.increment(r.rounding(), u.negative, kept, below, 0);
        boolean tiny = small && !reachesNormal(r, precision, min);
        if (tiny && (below != 0 || !r.masked(X87Result.UE))) r.raise(X87Result.UE);
        if (below != 0) r.raise(X87Result.PE);
        r.roundedUp = up;
        if (up) kept++;
        long packed = small ? kept : ((long) (Math.min(u.exponent, bias + 1) + bias - 1) << precision - 1) + kept;
        if (u.exponent <= bias && packed < special) return packed;
        r.raise(r.masked(X87Result.OE) ? X87Result.OE | X87Result.PE : X87Result.OE);
        int mode = r.rounding();
        r.roundedUp = mode == 0 || mode == (u.negative ? 1 : 2);
        return r.roundedUp ? special : special - 1;
    }

    /** Whether rounding to full precision would bring a value below the smallest normal one there. */
    private static boolean reachesNormal(X87Result r, int precision, int min) {
        Unrounded u = r.unrounded;
        long below = u.high << precision;
        return u.exponent == min - 1
                && u.high >>> 64 - precision == -1L >>> 64 - precision
                && below != 0
                && Format.increment(r.rounding(), u.negative, 1, below, 0);
    }
}
