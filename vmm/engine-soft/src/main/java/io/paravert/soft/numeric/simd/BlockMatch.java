package io.paravert.soft.numeric.simd;

/** MPSADBW and PHMINPOSUW (LANE). */
public final class BlockMatch {
    private BlockMatch() {}

    /**
     * Eight sums of absolute differences of four bytes: block imm[1:0] of b against the eleven bytes of a from byte 4 * imm[2].
     * The upper lane takes imm >> 3.
     */
    public static void mpsadbw(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm) {
        long a0 = a[ai];
        long a1 = a[ai + 1];
        long block = b[bi + (imm >> 1 & 1)] >>> 32 * (imm & 1) & 0xffff_ffffL;
        boolean fromFour = (imm & 4) != 0;
        long low = fromFour ? a0 >>> 32 | a1 << 32 : a0;
        long high = fromFour ? a1 >>> 32 : a1;
        d[di] = sums(low, high, block);
        d[di + 1] = sums(low >>> 32 | high << 32, high >>> 32, block);
    }

    private static long sums(long low, long high, long block) {
        long r = 0;
        for (int i = 0; i < 4; i++) {
            long window = i == 0 ? low : low >>> 8 * i | high << 64 - 8 * i;
            r |= PackedMultiply.psadbw(window & 0xffff_ffffL, block) << 16 * i;
        }
        return r;
    }

    /** The smallest 16-bit element of b, and its index. 128-bit only. */
    public static void phminposuw(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        int best = 0x10000;
        int at = 0;
        for (int i = 0; i < 8; i++) {
            int value = (int) (b[bi + (i >> 2)] >>> 16 * (i & 3)) & 0xffff;
            if (value < best) {
                best = value;
                at = i;
            }
        }
        d[di] = best | (long) at << 16;
        d[di + 1] = 0;
    }
}
