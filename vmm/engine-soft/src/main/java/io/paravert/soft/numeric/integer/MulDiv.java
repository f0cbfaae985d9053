package io.paravert.soft.numeric.integer;

import static io.paravert.soft.numeric.integer.Flags.CF;
import static io.paravert.soft.numeric.integer.Flags.OF;

/**
 * MUL, IMUL, DIV and IDIV. For sizes up to 32 bits a double-size product or dividend is one {@code long}; for 64 bits it is the
 * pair (hi:lo). Division never throws: ask {@code divFaults} or {@code idivFaults} first; where they say true the instruction
 * raises #DE and changes nothing.
 */
public final class MulDiv {
    private MulDiv() {}

    /** MUL of 8, 16 or 32 bits: the double-size product. */
    public static long mul(long a, long b, int bits) {
        long m = Flags.mask(bits);
        return (a & m) * (b & m);
    }

    /** MUL of 64 bits: the high half (the low half is {@code a * b}). */
    public static long mulHigh(long a, long b) {
        return Wide.mulHigh(a, b);
    }

    /** One-operand IMUL of 8, 16 or 32 bits: the double-size product, cut to that size. */
    public static long imul(long a, long b, int bits) {
        return Flags.signExtend(a, bits) * Flags.signExtend(b, bits) & Flags.mask(2 * bits);
    }

    /** One-operand IMUL of 64 bits: the high half. */
    public static long imulHigh(long a, long b) {
        return Math.multiplyHigh(a, b);
    }

    /** Flags of MUL. CF and OF say that the high half is not zero; the others keep their values. */
    public static int mulFlags(long a, long b, int bits, int old) {
        long high = bits == 64 ? Wide.mulHigh(a, b) : mul(a, b, bits) >>> bits;
        return carryOverflow(high != 0, old);
    }

    /** Flags of every form of IMUL: CF and OF say that the product does not fit its low half, signed; the others keep. */
    public static int imulFlags(long a, long b, int bits, int old) {
        long low = Flags.signExtend(a, bits) * Flags.signExtend(b, bits);
        boolean lost = bits == 64 ? Math.multiplyHigh(a, b) != low >> 63 : low != Flags.signExtend(low, bits);
        return carryOverflow(lost, old);
    }

    /** Flags after DIV and IDIV, all undefined: CF and OF keep their values, AF is set, the others are clear. */
    public static int divFlags(int old) {
        return old & ~(Flags.ARITHMETIC & ~(CF | OF)) | Flags.AF;
    }

    private static int carryOverflow(boolean set, int old) {
        return set ? old | CF | OF : old & ~(CF | OF);
    }

    /** Whether DIV of the double-size {@code dividend} raises #DE: sizes 8, 16, 32. */
    public static boolean divFaults(long dividend, long divisor, int bits) {
        long d = divisor & Flags.mask(bits);
        return Long.compareUnsigned(dividend & Flags.mask(2 * bits), d << bits) >= 0;
    }

    /** Quotient of DIV, sizes 8, 16, 32. */
    public static long div(long dividend, long divisor, int bits) {
        return Long.divideUnsigned(dividend & Flags.mask(2 * bits), divisor & Flags.mask(bits));
    }

    /** Remainder of DIV, sizes 8, 16, 32. */
    public static long rem(long dividend, long divisor, int bits) {
        return Long.remainderUnsigned(dividend & Flags.mask(2 * bits), divisor & Flags.mask(bits));
    }

    /** Whether DIV of (hi:lo) by a 64-bit divisor raises #DE. */
    public static boolean divFaults64(long hi, long lo, long divisor) {
        return Long.compareUnsigned(hi, divisor) >= 0;
    }

    public static long div64(long hi, long lo, long divisor) {
        return Wide.divide(hi, lo, divisor);
    }

    public static long rem64(long hi, long lo, long divisor) {
        return Wide.remainder(hi, lo, divisor);
    }

    /** Whether IDIV of the double-size {@code dividend} raises #DE: sizes 8, 16, 32. */
    public static boolean idivFaults(long dividend, long divisor, int bits) {
        long n = Flags.signExtend(dividend, 2 * bits);
        long d = Flags.signExtend(divisor, bits);
        if (d == 0 || (n == Long.MIN_VALUE && d == -1)) return true;
        long q = n / d;
        return q != Flags.signExtend(q, bits);
    }

    /** Quotient of IDIV, cut to its size: sizes 8, 16, 32. */
    public static long idiv(long dividend, long divisor, int bits) {
        return Flags.signExtend(dividend, 2 * bits) / Flags.signExtend(divisor, bits) & Flags.mask(bits);
    }

    /** Remainder of IDIV, with the dividend's sign, cut to its size: sizes 8, 16, 32. */
    public static long irem(long dividend, long divisor, int bits) {
        return Flags.signExtend(dividend, 2 * bits) % Flags.signExtend(divisor, bits) & Flags.mask(bits);
    }

    /** Whether IDIV of (hi:lo) by a 64-bit divisor raises #DE. */
    public static boolean idivFaults64(long hi, long lo, long divisor) {
        long d = Math.abs(divisor); // unsigned: 2^63 for the smallest
        long absHi = hi < 0 ? ~hi + (lo == 0 ? 1 : 0) : hi;
        if (Long.compareUnsigned(absHi, d) >= 0) return true;
        long q = Wide.divide(absHi, hi < 0 ? -lo : lo, d);
        return (hi ^ divisor) < 0 ? Long.compareUnsigned(q, Long.MIN_VALUE) > 0 : q < 0;
    }

    public static long idiv64(long hi, long lo, long divisor) {
        long q = Wide.divide(hi < 0 ? ~hi + (lo == 0 ? 1 : 0) : hi, hi < 0 ? -lo : lo, Math.abs(divisor));
        return (hi ^ divisor) < 0 ? -q : q;
    }

    public static long irem64(long hi, long lo, long divisor) {
        return lo - idiv64(hi, lo, divisor) * divisor;
    }
}
