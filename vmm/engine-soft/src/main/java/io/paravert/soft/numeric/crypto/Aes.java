package io.paravert.soft.numeric.crypto;

/** The AES round instructions (FIPS 197; AMD APM vol. 4): LANE, a the state and b the round key; unary ones read b. */
public final class Aes {
    private static final int[] SBOX = new int[256];
    private static final int[] INVERSE = new int[256];
    /** The column that a byte in row 0 makes: SubBytes and MixColumns. */
    private static final int[] ENCRYPT = new int[256];
    /** InvSubBytes and InvMixColumns. */
    private static final int[] DECRYPT = new int[256];
    /** InvMixColumns alone. */
    private static final int[] UNMIX = new int[256];

    static {
        int p = 1;
        int q = 1;
        do { // p runs through the field by powers of 3, q through the inverses
            p = p ^ p << 1 ^ (p & 0x80) / 0x80 * 0x11b;
            q ^= q << 1;
            q ^= q << 2;
            q = (q ^ q << 4) & 0xff;
            q ^= (q & 0x80) / 0x80 * 0x09;
            int s = q ^ rotate8(q, 1) ^ rotate8(q, 2) ^ rotate8(q, 3) ^ rotate8(q, 4) ^ 0x63;
            SBOX[p] = s;
        } while (p != 1);
        SBOX[0] = 0x63;
        for (int i = 0; i < 256; i++) {
            INVERSE[SBOX[i]] = i;
            int s = SBOX[i];
            ENCRYPT[i] = times(s, 2) | s << 8 | s << 16 | times(s, 3) << 24;
            UNMIX[i] = times(i, 14) | times(i, 9) << 8 | times(i, 13) << 16 | times(i, 11) << 24;
        }
        for (int i = 0; i < 256; i++) {
            DECRYPT[i] = UNMIX[INVERSE[i]];
        }
    }

    private Aes() {}

    private static int rotate8(int v, int by) {
        return (v << by | v >>> 8 - by) & 0xff;
    }

    /** Product in the field of AES. */
    private static int times(int a, int b) {
        int r = 0;
        int x = a;
        for (int bits = b; bits != 0; bits >>= 1) {
            if ((bits & 1) != 0) r ^= x;
            x = x << 1 ^ (x & 0x80) / 0x80 * 0x11b;
        }
        return r;
    }

    /** Byte {@code row} of column {@code column} (modulo 4) of a state. */
    private static int at(long low, long high, int row, int column) {
        int c = column & 3;
        return (int) ((c < 2 ? low : high) >>> 32 * (c & 1) + 8 * row) & 0xff;
    }

    /** A column of a round: {@code step} 1 shifts rows to the left, -1 to the right. */
    private static long mixed(int[] table, long low, long high, int column, int step) {
        int r = table[at(low, high, 0, column)]
                ^ Integer.rotateLeft(table[at(low, high, 1, column + step)], 8)
                ^ Integer.rotateLeft(table[at(low, high, 2, column + 2 * step)], 16)
                ^ Integer.rotateLeft(table[at(low, high, 3, column + 3 * step)], 24);
        return r & 0xffff_ffffL;
    }

    /** A column of the last round, which does not mix. */
    private static long plain(int[] box, long low, long high, int column, int step) {
        long r = 0;
        for (int row = 0; row < 4; row++) {
            r |= (long) box[at(low, high, row, column + row * step)] << 8 * row;
        }
        return r;
    }

    private static void round(int[] table, int step, long[] d, int di, long[] a, int ai, long[] b, int bi) {
        long low = a[ai];
        long high = a[ai + 1];
        long x = mixed(table, low, high, 0, step) | mixed(table, low, high, 1, step) << 32;
        long y = mixed(table, low, high, 2, step) | mixed(table, low, high, 3, step) << 32;
        long key = b[bi + 1];
        d[di] = x ^ b[bi];
        d[di + 1] = y ^ key;
    }

    private static void last(int[] box, int step, long[] d, int di, long[] a, int ai, long[] b, int bi) {
        long low = a[ai];
        long high = a[ai + 1];
        long x = plain(box, low, high, 0, step) | plain(box, low, high, 1, step) << 32;
        long y = plain(box, low, high, 2, step) | plain(box, low, high, 3, step) << 32;
        long key = b[bi + 1];
        d[di] = x ^ b[bi];
        d[di + 1] = y ^ key;
    }

    public static void aesenc(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        round(ENCRYPT, 1, d, di, a, ai, b, bi);
    }

    public static void aesenclast(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        last(SBOX, 1, d, di, a, ai, b, bi);
    }

    public static void aesdec(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        round(DECRYPT, -1, d, di, a, ai, b, bi);
    }

    public static void aesdeclast(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        last(INVERSE, -1, d, di, a, ai, b, bi);
    }

    public static void aesimc(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        long low = b[bi];
        long high = b[bi + 1];
        d[di] = mixed(UNMIX, low, high, 0, 0) | mixed(UNMIX, low, high, 1, 0) << 32;
        d[di + 1] = mixed(UNMIX, low, high, 2, 0) | mixed(UNMIX, low, high, 3, 0) << 32;
    }

    public static void aeskeygenassist(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm) {
        long low = substituted((int) (b[bi] >>> 32), imm);
        long high = substituted((int) (b[bi + 1] >>> 32), imm);
        d[di] = low;
        d[di + 1] = high;
    }

    /** SubWord, and above it the same rotated and with the round constant. */
    private static long substituted(int x, int rcon) {
        int s = SBOX[x & 0xff] | SBOX[x >>> 8 & 0xff] << 8 | SBOX[x >>> 16 & 0xff] << 16 | SBOX[x >>> 24] << 24;
        return s & 0xffff_ffffL | (long) (Integer.rotateRight(s, 8) ^ rcon) << 32;
    }
}
