package io.paravert.soft.numeric.simd;

/** Packed multiplication of integers and sums of absolute differences (WORD). */
public final class PackedMultiply {
    private PackedMultiply() {}

    public static long pmullw(long a, long b) {
        return words(sw(a, 0) * sw(b, 0), sw(a, 1) * sw(b, 1), sw(a, 2) * sw(b, 2), sw(a, 3) * sw(b, 3));
    }

    public static long pmulhw(long a, long b) {
        return words(
                sw(a, 0) * sw(b, 0) >> 16,
                sw(a, 1) * sw(b, 1) >> 16,
                sw(a, 2) * sw(b, 2) >> 16,
                sw(a, 3) * sw(b, 3) >> 16);
    }

    public static long pmulhuw(long a, long b) {
        return words(
                uw(a, 0) * uw(b, 0) >>> 16,
                uw(a, 1) * uw(b, 1) >>> 16,
                uw(a, 2) * uw(b, 2) >>> 16,
                uw(a, 3) * uw(b, 3) >>> 16);
    }

    /** Rounded product of Q15 fractions; -1 times -1 gives -1. */
    public static long pmulhrsw(long a, long b) {
        return words(
                rounded(sw(a, 0) * sw(b, 0)),
                rounded(sw(a, 1) * sw(b, 1)),
                rounded(sw(a, 2) * sw(b, 2)),
                rounded(sw(a, 3) * sw(b, 3)));
    }

    public static long pmulld(long a, long b) {
        return (a * b & 0xffff_ffffL) | (a >>> 32) * (b >>> 32) << 32;
    }

    public static long pmuludq(long a, long b) {
        return (a & 0xffff_ffffL) * (b & 0xffff_ffffL);
    }

    public static long pmuldq(long a, long b) {
        return (long) (int) a * (int) b;
    }

    public static long pmaddwd(long a, long b) {
        int low = sw(a, 0) * sw(b, 0) + sw(a, 1) * sw(b, 1);
        int high = sw(a, 2) * sw(b, 2) + sw(a, 3) * sw(b, 3);
        return (low & 0xffff_ffffL) | (long) high << 32;
    }

    /** Unsigned bytes of a times signed bytes of b, neighbours added with saturation. */
    public static long pmaddubsw(long a, long b) {
        return words(bytePair(a, b, 0), bytePair(a, b, 16), bytePair(a, b, 32), bytePair(a, b, 48));
    }

    /** Sum of absolute differences of eight bytes, in the low 16 bits. */
    public static long psadbw(long a, long b) {
        long difference = PackedCompare.pmaxub(a, b) - PackedCompare.pminub(a, b); // no element borrows
        long pairs = (difference & 0x00ff_00ff_00ff_00ffL) + (difference >>> 8 & 0x00ff_00ff_00ff_00ffL);
        return pairs * 0x0001_0001_0001_0001L >>> 48;
    }

    private static int bytePair(long a, long b, int shift) {
        int low = (int) (a >>> shift & 0xff) * (byte) (b >>> shift);
        int high = (int) (a >>> shift + 8 & 0xff) * (byte) (b >>> shift + 8);
        return Math.max(-32768, Math.min(32767, low + high));
    }

    private static int rounded(int product) {
        return (product >> 14) + 1 >> 1;
    }

    private static int sw(long a, int i) {
        return (short) (a >>> 16 * i);
    }

    private static int uw(long a, int i) {
        return (int) (a >>> 16 * i & 0xffff);
    }

    private static long words(int w0, int w1, int w2, int w3) {
        return (w0 & 0xffffL) | (w1 & 0xffffL) << 16 | (w2 & 0xffffL) << 32 | (long) w3 << 48;
    }
}
