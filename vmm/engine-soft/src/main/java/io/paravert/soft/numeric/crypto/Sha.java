package io.paravert.soft.numeric.crypto;

/**
 * The SHA-1 and SHA-256 instructions (FIPS 180-4; Intel SDM vol. 2): LANE. Doubleword 3 is a lane's highest; results are all made before any is
 * written.
 */
public final class Sha {
    private static final int[] K1 = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};

    private Sha() {}

    private static int dword(long[] s, int si, int n) {
        return (int) (s[si + (n >> 1)] >>> 32 * (n & 1));
    }

    private static void set(long[] d, int di, int x0, int x1, int x2, int x3) {
        d[di] = x0 & 0xffff_ffffL | (long) x1 << 32;
        d[di + 1] = x2 & 0xffff_ffffL | (long) x3 << 32;
    }

    public static void sha1nexte(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        int e = Integer.rotateLeft(dword(a, ai, 3), 30);
        set(d, di, dword(b, bi, 0), dword(b, bi, 1), dword(b, bi, 2), dword(b, bi, 3) + e);
    }

    public static void sha1msg1(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        int w2 = dword(a, ai, 1);
        int w3 = dword(a, ai, 0);
        set(d, di, dword(b, bi, 2) ^ w3, dword(b, bi, 3) ^ w2, w3 ^ dword(a, ai, 2), w2 ^ dword(a, ai, 3));
    }

    public static void sha1msg2(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        int w16 = Integer.rotateLeft(dword(a, ai, 3) ^ dword(b, bi, 2), 1);
        int w17 = Integer.rotateLeft(dword(a, ai, 2) ^ dword(b, bi, 1), 1);
        int w18 = Integer.rotateLeft(dword(a, ai, 1) ^ dword(b, bi, 0), 1);
        int w19 = Integer.rotateLeft(dword(a, ai, 0) ^ w16, 1);
        set(d, di, w19, w18, w17, w16);
    }

    /** Four rounds with the function and constant that imm[1:0] names. */
    public static void sha1rnds4(long[] d, int di, long[] s, int si, long[] m, int mi, int imm) {
        int a = dword(s, si, 3);
        int b = dword(s, si, 2);
        int c = dword(s, si, 1);
        int e = 0; // the message's first word has it added
        int dd = dword(s, si, 0);
        for (int i = 3; i >= 0; i--) {
            int t = function(imm & 3, b, c, dd) + Integer.rotateLeft(a, 5) + dword(m, mi, i) + e + K1[imm & 3];
            e = dd;
            dd = c;
            c = Integer.rotateLeft(b, 30);
            b = a;
            a = t;
        }
        set(d, di, dd, c, b, a);
    }

    private static int function(int which, int b, int c, int d) {
        return switch (which) {
            case 0 -> b & c ^ ~b & d;
            case 2 -> b & c ^ b & d ^ c & d;
            default -> b ^ c ^ d;
        };
    }

    /** Two rounds; {@code k} has the sums of message and constant in its low doublewords. */
    public static void sha256rnds2(long[] d, int di, long[] s, int si, long[] m, int mi, long k) {
        int a = dword(m, mi, 3);
        int b = dword(m, mi, 2);
        int c = dword(s, si, 3);
        int dd = dword(s, si, 2);
        int e = dword(m, mi, 1);
        int f = dword(m, mi, 0);
        int g = dword(s, si, 1);
        int h = dword(s, si, 0);
        for (int i = 0; i < 2; i++) {
            int sigma1 = Integer.rotateRight(e, 6) ^ Integer.rotateRight(e, 11) ^ Integer.rotateRight(e, 25);
            int sigma0 = Integer.rotateRight(a, 2) ^ Integer.rotateRight(a, 13) ^ Integer.rotateRight(a, 22);
            int t = (e & f ^ ~e & g) + sigma1 + (int) (k >>> 32 * i) + h;
            int u = (a & b ^ a & c ^ b & c) + sigma0;
            h = g;
            g = f;
            f = e;
            e = t + dd;
            dd = c;
            c = b;
            b = a;
            a = t + u;
        }
        set(d, di, f, e, b, a);
    }

    private static int small0(int x) {
        return Integer.rotateRight(x, 7) ^ Integer.rotateRight(x, 18) ^ x >>> 3;
    }

    private static int small1(int x) {
        return Integer.rotateRight(x, 17) ^ Integer.rotateRight(x, 19) ^ x >>> 10;
    }

    public static void sha256msg1(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        int w1 = dword(a, ai, 1);
        int w2 = dword(a, ai, 2);
        int w3 = dword(a, ai, 3);
        set(d, di, dword(a, ai, 0) + small0(w1), w1 + small0(w2), w2 + small0(w3), w3 + small0(dword(b, bi, 0)));
    }

    public static void sha256msg2(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        int w16 = dword(a, ai, 0) + small1(dword(b, bi, 2));
        int w17 = dword(a, ai, 1) + small1(dword(b, bi, 3));
        int w18 = dword(a, ai, 2) + small1(w16);
        int w19 = dword(a, ai, 3) + small1(w17);
        set(d, di, w16, w17, w18, w19);
    }
}
