package io.paravert.soft.numeric.integer;

import static io.paravert.soft.numeric.integer.Flags.CF;
import static io.paravert.soft.numeric.integer.Flags.OF;

/**
 * ROL, ROR, RCL, RCR, SHLD, SHRD. The count may be any value: it is masked to five bits, six for 64-bit operands, as the
 * processor does; where the masked count is zero, nothing changes.
 */
public final class Rotate {
    private Rotate() {}

    static int masked(int count, int bits) {
        return count & (bits == 64 ? 63 : 31);
    }

    public static long rol(long a, int count, int bits) {
        if (bits == 64) return Long.rotateLeft(a, count);
        if (bits == 32) return Integer.rotateLeft((int) a, count) & 0xffff_ffffL;
        int c = masked(count, bits) & bits - 1;
        long v = a & Flags.mask(bits);
        return (v << c | v >>> bits - c) & Flags.mask(bits);
    }

    public static long ror(long a, int count, int bits) {
        return rol(a, bits - (masked(count, bits) & bits - 1), bits);
    }

    /** CF is the result's lowest bit, OF its highest bit xor CF, whatever the count (defined for 1). */
    public static int rolFlags(long a, int count, int bits, int old) {
        if (masked(count, bits) == 0) return old;
        long r = rol(a, count, bits);
        return carryOverflow((r & 1) != 0, Flags.sign(r, bits) ^ (r & 1) != 0, old);
    }

    /** CF is the result's highest bit, OF its two highest bits' xor, whatever the count (defined for 1). */
    public static int rorFlags(long a, int count, int bits, int old) {
        if (masked(count, bits) == 0) return old;
        long r = ror(a, count, bits);
        boolean high = Flags.sign(r, bits);
        return carryOverflow(high, high ^ (r >>> bits - 2 & 1) != 0, old);
    }

    /** @param old the flags before, whose CF is rotated in */
    public static long rcl(long a, int count, int bits, int old) {
        int c = carryCount(count, bits);
        long v = a & Flags.mask(bits);
        if (c == 0) return v;
        long carry = (long) (old & CF) << c - 1;
        return (v << c | carry | (c == 1 ? 0 : v >>> bits + 1 - c)) & Flags.mask(bits);
    }

    /** @param old the flags before, whose CF is rotated in */
    public static long rcr(long a, int count, int bits, int old) {
        int c = carryCount(count, bits);
        long v = a & Flags.mask(bits);
        if (c == 0) return v;
        long carry = (long) (old & CF) << bits - c;
        return (v >>> c | carry | (c == 1 ? 0 : v << bits + 1 - c)) & Flags.mask(bits);
    }

    /** CF is the last bit rotated out, OF the result's highest bit xor CF (defined for 1). */
    public static int rclFlags(long a, int count, int bits, int old) {
        if (masked(count, bits) == 0) return old;
        int c = carryCount(count, bits);
        boolean carry = c == 0 ? (old & CF) != 0 : (a >>> bits - c & 1) != 0;
        return carryOverflow(carry, Flags.sign(rcl(a, count, bits, old), bits) ^ carry, old);
    }

    /** CF is the last bit rotated out, OF the result's two highest bits' xor (defined for 1). */
    public static int rcrFlags(long a, int count, int bits, int old) {
        if (masked(count, bits) == 0) return old;
        int c = carryCount(count, bits);
        boolean carry = c == 0 ? (old & CF) != 0 : (a >>> c - 1 & 1) != 0;
        long r = rcr(a, count, bits, old);
        return carryOverflow(carry, ((r >>> bits - 1 ^ r >>> bits - 2) & 1) != 0, old);
    }

    /** Positions that a rotation through carry moves: the masked count modulo 9 or 17. */
    private static int carryCount(int count, int bits) {
        int c = masked(count, bits);
        return bits < 32 ? c % (bits + 1) : c;
    }

    private static int carryOverflow(boolean carry, boolean overflow, int old) {
        return old & ~(CF | OF) | (carry ? CF : 0) | (overflow ? OF : 0);
    }

    /**
     * SHLD of a by count, taking bits from the top of b: 16, 32, 64 bits. For 16 bits and counts over 16 (undefined) the three
     * words a:b:b are shifted, as Zen does.
     */
    public static long shld(long a, long b, int count, int bits) {
        int c = masked(count, bits);
        if (bits == 64) return c == 0 ? a : a << c | b >>> 64 - c;
        if (bits == 32) return (a << c | (b & 0xffff_ffffL) >>> 32 - c) & 0xffff_ffffL;
        long three = (a & 0xffff) << 32 | (b & 0xffff) << 16 | b & 0xffff;
        return three << c >>> 32 & 0xffff;
    }

    /** SHRD of a by count, taking bits from the bottom of b; for counts over 16 the three words b:b:a are shifted. */
    public static long shrd(long a, long b, int count, int bits) {
        int c = masked(count, bits);
        if (bits == 64) return c == 0 ? a : a >>> c | b << 64 - c;
        if (bits == 32) return ((a & 0xffff_ffffL) >>> c | b << 32 - c) & 0xffff_ffffL;
        long three = (b & 0xffff) << 32 | (b & 0xffff) << 16 | a & 0xffff;
        return three >>> c & 0xffff;
    }

    /**
     * CF the last bit out, SF ZF PF of the result. OF is the result's sign xor CF, which for a count of 1 (where it is defined) is
     * a change of sign. Undefined: AF is set; for 16-bit operands and counts from 16 the sign and the bits from 17 count as clear.
     */
    public static int shldFlags(long a, long b, int count, int bits, int old) {
        int c = masked(count, bits);
        if (c == 0) return old;
        long r = shld(a, b, count, bits);
        boolean carry = c <= bits && (a >>> bits - c & 1) != 0;
        return doubleShift(r, bits, carry, carry ^ (c < bits && Flags.sign(r, bits)), old);
    }

    /** As {@link #shldFlags}, but OF is the xor of the result's two highest bits, always. */
    public static int shrdFlags(long a, long b, int count, int bits, int old) {
        int c = masked(count, bits);
        if (c == 0) return old;
        long r = shrd(a, b, count, bits);
        boolean overflow = ((r >>> bits - 1 ^ r >>> bits - 2) & 1) != 0;
        return doubleShift(r, bits, c <= bits && (a >>> c - 1 & 1) != 0, overflow, old);
    }

    private static int doubleShift(long r, int bits, boolean carry, boolean overflow, int old) {
        return old & ~Flags.ARITHMETIC
                | Flags.AF
                | Flags.signZeroParity(r, bits)
                | (carry ? CF : 0)
                | (overflow ? OF : 0);
    }
}
