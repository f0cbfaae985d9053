package io.paravert.soft.numeric.integer;

/** The arithmetic flags in RFLAGS, and how results set them. */
public final class Flags {
    public static final int CF = 1;
    public static final int PF = 1 << 2;
    public static final int AF = 1 << 4;
    public static final int ZF = 1 << 6;
    public static final int SF = 1 << 7;
    public static final int OF = 1 << 11;
    public static final int ARITHMETIC = CF | PF | AF | ZF | SF | OF;

    private Flags() {}

    /** All bits of an operand of that size. */
    public static long mask(int bits) {
        return -1L >>> 64 - bits;
    }

    static boolean sign(long value, int bits) {
        return (value >>> bits - 1 & 1) != 0;
    }

    static long signExtend(long value, int bits) {
        return value << 64 - bits >> 64 - bits;
    }

    /** PF of the result's low byte. */
    static int parity(long result) {
        return (Integer.bitCount((int) result & 0xff) & 1) == 0 ? PF : 0;
    }

    /** SF, ZF and PF of a result. */
    static int signZeroParity(long result, int bits) {
        return (sign(result, bits) ? SF : 0) | ((result & mask(bits)) == 0 ? ZF : 0) | parity(result);
    }
}
