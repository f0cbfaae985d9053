package io.paravert.soft.numeric.integer;

import static io.paravert.soft.numeric.integer.Flags.CF;

/** BMI1, BMI2 and ADX. Sizes 32 and 64. */
public final class BitField {
    private BitField() {}

    public static long andn(long a, long b, int bits) {
        return ~a & b & Flags.mask(bits);
    }

    public static long blsi(long a, int bits) {
        return a & -a & Flags.mask(bits);
    }

    public static long blsr(long a, int bits) {
        return a & a - 1 & Flags.mask(bits);
    }

    public static long blsmsk(long a, int bits) {
        return (a ^ a - 1) & Flags.mask(bits);
    }

    /** @param control bits 7:0 the first bit, bits 15:8 how many */
    public static long bextr(long a, long control, int bits) {
        int start = (int) control & 0xff;
        int length = (int) (control >>> 8) & 0xff;
        long field = start >= bits ? 0 : (a & Flags.mask(bits)) >>> start;
        return length >= 64 ? field : field & (1L << length) - 1;
    }

    public static long bzhi(long a, long index, int bits) {
        int n = (int) index & 0xff;
        long v = a & Flags.mask(bits);
        return n >= bits ? v : v & (1L << n) - 1;
    }

    /** The low bits of {@code a} spread to the places that {@code mask} has. */
    public static long pdep(long a, long mask, int bits) {
        long r = 0;
        long source = a;
        for (long m = mask & Flags.mask(bits); m != 0; m &= m - 1) {
            if ((source & 1) != 0) r |= m & -m;
            source >>>= 1;
        }
        return r;
    }

    /** The bits of {@code a} in the places that {@code mask} has, gathered at the bottom (Hacker's Delight, 7-4). */
    public static long pext(long a, long mask, int bits) {
        long m = mask & Flags.mask(bits);
        long x = a & m;
        long zerosBelow = ~m << 1;
        for (int i = 0; i < 6 && m != 0; i++) {
            long parity = zerosBelow;
            parity ^= parity << 1;
            parity ^= parity << 2;
            parity ^= parity << 4;
            parity ^= parity << 8;
            parity ^= parity << 16;
            parity ^= parity << 32;
            long move = parity & m;
            m = m ^ move | move >>> (1 << i);
            long t = x & move;
            x = x ^ t | t >>> (1 << i);
            zerosBelow &= ~parity;
        }
        return x;
    }

    /** RORX, which sets no flags. */
    public static long rorx(long a, int count, int bits) {
        return Rotate.ror(a, count, bits);
    }

    public static long sarx(long a, long count, int bits) {
        return Flags.signExtend(a, bits) >> ((int) count & bits - 1) & Flags.mask(bits);
    }

    public static long shlx(long a, long count, int bits) {
        return a << ((int) count & bits - 1) & Flags.mask(bits);
    }

    public static long shrx(long a, long count, int bits) {
        return (a & Flags.mask(bits)) >>> ((int) count & bits - 1);
    }

    /** Flags of ANDN: SF, ZF; CF and OF clear. Undefined: PF of the result, AF clear (so in all of BMI1 but BEXTR). */
    public static int andnFlags(long result, int bits, int old) {
        return logical(result, bits, false, old);
    }

    /** CF says that the source is not zero. */
    public static int blsiFlags(long a, int bits, int old) {
        return logical(blsi(a, bits), bits, (a & Flags.mask(bits)) != 0, old);
    }

    /** CF says that the source is zero. */
    public static int blsrFlags(long a, int bits, int old) {
        return logical(blsr(a, bits), bits, (a & Flags.mask(bits)) == 0, old);
    }

    /** CF says that the source is zero. */
    public static int blsmskFlags(long a, int bits, int old) {
        return logical(blsmsk(a, bits), bits, (a & Flags.mask(bits)) == 0, old);
    }

    /** ZF; CF and OF clear. Undefined: SF clear, PF of the result, AF set. */
    public static int bextrFlags(long result, int bits, int old) {
        return logical(result, bits, false, old) & ~Flags.SF | Flags.AF;
    }

    /** CF says that the index is beyond the operand. */
    public static int bzhiFlags(long result, long index, int bits, int old) {
        return logical(result, bits, ((int) index & 0xff) >= bits, old);
    }

    private static int logical(long result, int bits, boolean carry, int old) {
        return old & ~Flags.ARITHMETIC | Flags.signZeroParity(result, bits) | (carry ? CF : 0);
    }

    /** ADCX (flag CF) and ADOX (flag OF): a + b + the flag, cut to its size. */
    public static long adx(long a, long b, int bits, int flag, int old) {
        return a + b + ((old & flag) != 0 ? 1 : 0) & Flags.mask(bits);
    }

    /** The carry out goes to that flag; all others keep their values. */
    public static int adxFlags(long a, long b, int bits, int flag, int old) {
        long m = Flags.mask(bits);
        long sum = adx(a, b, bits, flag, old);
        long carries = (a & b) | ((a | b) & ~sum);
        return Flags.sign(carries & m, bits) ? old | flag : old & ~flag;
    }
}
