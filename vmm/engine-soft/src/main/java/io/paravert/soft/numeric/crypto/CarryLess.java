package io.paravert.soft.numeric.crypto;

/** PCLMULQDQ (LANE): the product of a word of a (imm bit 0) and one of b (imm bit 4), without carries. */
public final class CarryLess {
    private CarryLess() {}

    public static void pclmulqdq(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm) {
        long x = a[ai + (imm & 1)];
        long y = b[bi + (imm >> 4 & 1)];
        long low = 0;
        long high = 0;
        for (long bits = y; bits != 0; bits &= bits - 1) {
            int n = Long.numberOfTrailingZeros(bits);
            low ^= x << n;
            high ^= n == 0 ? 0 : x >>> 64 - n;
        }
        d[di] = low;
        d[di + 1] = high;
    }
}
