package io.paravert.soft.numeric.fp;

import io.paravert.soft.numeric.integer.Wide;

/**
 * A result before rounding: (-1)^negative * 2^exponent * (high:low / 2^127), where high has its top bit set and the lowest bit of
 * low is sticky (or-ed with all that was cut off below it). Mutable scratch; operations replace the value. Operands are
 * finite and not zero: a sign, the exponent of the leading bit, and a significand with its top bit set.
 */
public final class Unrounded {
    public boolean negative;
    public int exponent;
    public long high;
    public long low;

    /** Takes a value as it is. */
    public void set(boolean isNegative, int itsExponent, long itsHigh, long itsLow) {
        negative = isNegative;
        exponent = itsExponent;
        high = itsHigh;
        low = itsLow;
    }

    /** Takes 2^scale times a 128-bit integer, not zero, that need not be normalized. */
    public void setInteger(boolean isNegative, int scale, long itsHigh, long itsLow) {
        int shift = itsHigh != 0 ? Long.numberOfLeadingZeros(itsHigh) : 64 + Long.numberOfLeadingZeros(itsLow);
        set(isNegative, scale + 127 - shift, leftHigh(itsHigh, itsLow, shift), shift >= 64 ? 0 : itsLow << shift);
    }

    public void product(boolean negativeA, int expA, long a, boolean negativeB, int expB, long b) {
        long h = Wide.mulHigh(a, b);
        long l = a * b;
        if (h < 0) set(negativeA ^ negativeB, expA + expB + 1, h, l);
        else set(negativeA ^ negativeB, expA + expB, h << 1 | l >>> 63, l << 1);
    }

    public void quotient(boolean negativeA, int expA, long a, boolean negativeB, int expB, long b) {
        boolean atLeastOne = Long.compareUnsigned(a, b) >= 0;
        long top = atLeastOne ? a >>> 1 : a;
        long bottom = atLeastOne ? a << 63 : 0;
        long q = Wide.divide(top, bottom, b);
        long rest = bottom - q * b;
        long more = rest == 0 ? 0 : Wide.divide(rest, 0, b);
        long sticky = more * b != 0 ? 1 : 0; // what is left of rest * 2^64 is -(more * b)
        set(negativeA ^ negativeB, atLeastOne ? expA - expB : expA - expB - 1, q, more | sticky);
    }

    /** Square root of a positive value. */
    public void root(int exp, long a) {
        boolean odd = (exp & 1) != 0;
        long top = odd ? a : a >>> 1;
        long bottom = odd ? 0 : a << 63;
        long r = Wide.root(top, bottom);
        long restLow = bottom - r * r;
        long restHigh = top - Wide.mulHigh(r, r) - (Long.compareUnsigned(bottom, r * r) < 0 ? 1 : 0);
        boolean exact = (restHigh | restLow) == 0;
        boolean aboveHalf = restHigh != 0 || Long.compareUnsigned(restLow, r) > 0;
        set(false, exp >> 1, r, exact ? 0 : aboveHalf ? Long.MIN_VALUE | 1 : 1);
    }

    /**
     * Adds a value to this one. Where the sum is exactly zero the result is false and this value is rubbish.
     */
    public boolean add(boolean negativeB, int expB, long bHigh, long bLow) {
        if (expB > exponent || (expB == exponent && less(high, low, bHigh, bLow))) {
            boolean n = negative;
            int e = exponent;
            long h = high;
            long l = low;
            set(negativeB, expB, bHigh, bLow);
            return combine(n != negativeB, e, h, l);
        }
        return combine(negative != negativeB, expB, bHigh, bLow);
    }

    public void copy(Unrounded other) {
        set(other.negative, other.exponent, other.high, other.low);
    }

    /** As {@link #add(boolean, int, long, long)}; the sum must not be zero. */
    public void add(Unrounded other) {
        add(other.negative, other.exponent, other.high, other.low);
    }

    /** Multiplies by a value of full length: an error below 2^-125, relative. */
    public void multiply(Unrounded other) {
        long h = Wide.mulHigh(high, other.high);
        long l = high * other.high;
        long cross = Wide.mulHigh(high, other.low);
        long sum = l + cross;
        if (Long.compareUnsigned(sum, cross) < 0) h++;
        cross = Wide.mulHigh(low, other.high);
        l = sum + cross;
        if (Long.compareUnsigned(l, cross) < 0) h++;
        boolean over = h < 0;
        set(
                negative ^ other.negative,
                exponent + other.exponent + (over ? 1 : 0),
                over ? h : h << 1 | l >>> 63,
                (over ? l : l << 1) | 1);
    }

    /** Divides by a value of full length, digit by digit: an error below 2^-125, relative. */
    public void divide(Unrounded other) {
        boolean belowOne = less(high, low, other.high, other.low);
        long restHigh = high;
        long restLow = low;
        long quotientHigh = 0;
        long quotientLow = 0;
        boolean carry = false; // the bit that a doubled rest has lost
        if (belowOne) {
            carry = restHigh < 0;
            restHigh = restHigh << 1 | restLow >>> 63;
            restLow <<= 1;
        }
        for (int i = 0; i < 128; i++) {
            quotientHigh = quotientHigh << 1 | quotientLow >>> 63;
            quotientLow <<= 1;
            if (carry || !less(restHigh, restLow, other.high, other.low)) {
                restHigh -= other.high + (Long.compareUnsigned(restLow, other.low) < 0 ? 1 : 0);
                restLow -= other.low;
                quotientLow |= 1;
            }
            carry = restHigh < 0;
            restHigh = restHigh << 1 | restLow >>> 63;
            restLow <<= 1;
        }
        set(
                negative ^ other.negative,
                exponent - other.exponent - (belowOne ? 1 : 0),
                quotientHigh,
                quotientLow | ((restHigh | restLow) != 0 || carry ? 1 : 0));
    }

    /** This value is the larger; shifts the smaller to its exponent and adds or subtracts. */
    private boolean combine(boolean subtract, int exp, long bHigh, long bLow) {
        int shift = exponent - exp;
        long h = shift >= 64 ? 0 : bHigh >>> shift;
        long l = rightLow(bHigh, bLow, shift);
        if (!subtract) {
            long sumLow = low + l;
            long carry = Long.compareUnsigned(sumLow, l) < 0 ? 1 : 0;
            long sum = high + h + carry;
            boolean over = (high < 0 && h < 0) || ((high < 0 || h < 0) && sum >= 0);
            if (over) set(negative, exponent + 1, sum >>> 1 | Long.MIN_VALUE, sumLow >>> 1 | sum << 63 | sumLow & 1);
            else set(negative, exponent, sum, sumLow);
            return true;
        }
        long differenceLow = low - l;
        long difference = high - h - (Long.compareUnsigned(low, l) < 0 ? 1 : 0);
        if ((difference | differenceLow) == 0) return false;
        setInteger(negative, exponent - 127, difference, differenceLow);
        return true;
    }

    private static boolean less(long aHigh, long aLow, long bHigh, long bLow) {
        int c = Long.compareUnsigned(aHigh, bHigh);
        return c < 0 || (c == 0 && Long.compareUnsigned(aLow, bLow) < 0);
    }

    private static long leftHigh(long h, long l, int shift) {
        if (shift >= 64) return l << shift - 64;
        return shift == 0 ? h : h << shift | l >>> 64 - shift;
    }

    /** Low word of a right shift, with a sticky lowest bit. */
    private static long rightLow(long h, long l, int shift) {
        if (shift == 0) return l;
        if (shift >= 128) return 1; // the operand is not zero
        if (shift >= 64) {
            boolean lost = l != 0 || (shift > 64 && h << 128 - shift != 0);
            return h >>> shift - 64 | (lost ? 1 : 0);
        }
        return l >>> shift | h << 64 - shift | (l << 64 - shift != 0 ? 1 : 0);
    }
}
