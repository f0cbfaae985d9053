package io.paravert.soft.numeric.simd;

/** Shuffles, permutations, broadcasts and element moves. LANE unless a method says otherwise. */
public final class Shuffle {
    private Shuffle() {}

    public static void pshufb(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        long a0 = a[ai];
        long a1 = a[ai + 1];
        long c0 = b[bi];
        long c1 = b[bi + 1];
        d[di] = pickBytes(a0, a1, c0, 15);
        d[di + 1] = pickBytes(a0, a1, c1, 15);
    }

    public static long pshufbMmx(long a, long b) {
        return pickBytes(a, 0, b, 7);
    }

    private static long pickBytes(long lo, long hi, long control, int mask) {
        long r = 0;
        for (int shift = 0; shift < 64; shift += 8) {
            int c = (int) (control >>> shift);
            int index = c & mask;
            long picked = (index < 8 ? lo >>> 8 * index : hi >>> 8 * index - 64) & 0xff;
            r |= (c & 0x80) != 0 ? 0 : picked << shift;
        }
        return r;
    }

    /** Source b. Also VPERMILPS with an immediate. */
    public static void pshufd(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm) {
        long lo = b[bi];
        long hi = b[bi + 1];
        d[di] = dword(lo, hi, imm) | dword(lo, hi, imm >> 2) << 32;
        d[di + 1] = dword(lo, hi, imm >> 4) | dword(lo, hi, imm >> 6) << 32;
    }

    /** Source b. */
    public static void pshuflw(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm) {
        long hi = b[bi + 1];
        d[di] = pshufw(b[bi], imm);
        d[di + 1] = hi;
    }

    /** Source b. */
    public static void pshufhw(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm) {
        long lo = b[bi];
        d[di + 1] = pshufw(b[bi + 1], imm);
        d[di] = lo;
    }

    /** MMX: the four 16-bit elements of s that imm selects. */
    public static long pshufw(long s, int imm) {
        return (s >>> 16 * (imm & 3) & 0xffff)
                | (s >>> 16 * (imm >> 2 & 3) & 0xffff) << 16
                | (s >>> 16 * (imm >> 4 & 3) & 0xffff) << 32
                | s >>> 16 * (imm >> 6 & 3) << 48;
    }

    public static void shufps(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm) {
        long a0 = a[ai];
        long a1 = a[ai + 1];
        long b0 = b[bi];
        long b1 = b[bi + 1];
        d[di] = dword(a0, a1, imm) | dword(a0, a1, imm >> 2) << 32;
        d[di + 1] = dword(b0, b1, imm >> 4) | dword(b0, b1, imm >> 6) << 32;
    }

    /** The upper lane takes imm >> 2. */
    public static void shufpd(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm) {
        long x = a[ai + (imm & 1)];
        long y = b[bi + (imm >> 1 & 1)];
        d[di] = x;
        d[di + 1] = y;
    }

    /** Source b; the upper lane takes imm >> 2. */
    public static void vpermilpd(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm) {
        long x = b[bi + (imm & 1)];
        long y = b[bi + (imm >> 1 & 1)];
        d[di] = x;
        d[di + 1] = y;
    }

    /** VPERMILPS with a variable control: elements of a, selected by the low two bits of b's. */
    public static void vpermilps(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        long a0 = a[ai];
        long a1 = a[ai + 1];
        long c0 = b[bi];
        long c1 = b[bi + 1];
        d[di] = dword(a0, a1, (int) c0) | dword(a0, a1, (int) (c0 >>> 32)) << 32;
        d[di + 1] = dword(a0, a1, (int) c1) | dword(a0, a1, (int) (c1 >>> 32)) << 32;
    }

    /** VPERMILPD with a variable control: bit 1 of each element of b selects. */
    public static void vpermilpd(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        long x = a[ai + (int) (b[bi] >>> 1 & 1)];
        long y = a[ai + (int) (b[bi + 1] >>> 1 & 1)];
        d[di] = x;
        d[di + 1] = y;
    }

    /** Source b. */
    public static void movddup(long[] d, int di, long[] a, int ai, long[] b, int bi) {
        long x = b[bi];
        d[di] = x;
        d[di + 1] = x;
    }

    /** WORD, source b. */
    public static long movsldup(long a, long b) {
        return b & 0xffff_ffffL | b << 32;
    }

    /** WORD, source b. */
    public static long movshdup(long a, long b) {
        return b >>> 32 | b & 0xffff_ffff_0000_0000L;
    }

    /** 128-bit only: element imm[7:6] of b goes to element imm[5:4] of a; those named in imm[3:0] are cleared. */
    public static void insertps(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm) {
        insertps(d, di, a, ai, dword(b[bi], b[bi + 1], imm >> 6), imm);
    }

    /** The memory form of INSERTPS: imm[7:6] is not used. */
    public static void insertps(long[] d, int di, long[] a, int ai, long element, int imm) {
        int to = imm >> 4 & 3;
        long lo = a[ai];
        long hi = a[ai + 1];
        if (to < 2) lo = pinsrd(lo, (int) element, to);
        else hi = pinsrd(hi, (int) element, to & 1);
        d[di] = lo & ~dwordMask(imm);
        d[di + 1] = hi & ~dwordMask(imm >> 2);
    }

    /** All ones in the doublewords of a word whose bits are set in the low two bits of {@code bits}. */
    static long dwordMask(int bits) {
        return -(long) (bits & 1) >>> 32 | -(long) (bits >> 1 & 1) << 32;
    }

    /** WORD with an index of its byte (0..7). */
    public static long pinsrb(long word, int value, int index) {
        int shift = 8 * (index & 7);
        return word & ~(0xffL << shift) | (value & 0xffL) << shift;
    }

    /** WORD with an index of its 16-bit element (0..3). */
    public static long pinsrw(long word, int value, int index) {
        int shift = 16 * (index & 3);
        return word & ~(0xffffL << shift) | (value & 0xffffL) << shift;
    }

    /** WORD with an index of its doubleword (0..1). */
    public static long pinsrd(long word, int value, int index) {
        int shift = 32 * (index & 1);
        return word & ~(0xffff_ffffL << shift) | (value & 0xffff_ffffL) << shift;
    }

    public static int pextrb(long word, int index) {
        return (int) (word >>> 8 * (index & 7)) & 0xff;
    }

    public static int pextrw(long word, int index) {
        return (int) (word >>> 16 * (index & 3)) & 0xffff;
    }

    public static int pextrd(long word, int index) {
        return (int) (word >>> 32 * (index & 1));
    }

    /** A word full of the low byte of {@code value}. */
    public static long broadcastb(long value) {
        return (value & 0xff) * 0x0101_0101_0101_0101L;
    }

    public static long broadcastw(long value) {
        return (value & 0xffff) * 0x0001_0001_0001_0001L;
    }

    public static long broadcastd(long value) {
        return (value & 0xffff_ffffL) * 0x1_0000_0001L;
    }

    /** CROSS, 256-bit: VPERMD and VPERMPS: elements of s by the low three bits of c's. */
    public static void vpermd(long[] d, int di, long[] c, int ci, long[] s, int si) {
        long w0 = permuted(s, si, c[ci]);
        long w1 = permuted(s, si, c[ci + 1]);
        long w2 = permuted(s, si, c[ci + 2]);
        long w3 = permuted(s, si, c[ci + 3]);
        d[di] = w0;
        d[di + 1] = w1;
        d[di + 2] = w2;
        d[di + 3] = w3;
    }

    private static long permuted(long[] s, int si, long control) {
        return dwordOf(s, si, (int) control & 7) | dwordOf(s, si, (int) (control >>> 32) & 7) << 32;
    }

    /** Doubleword {@code index} of a register, zero-extended. */
    public static long dwordOf(long[] s, int si, int index) {
        return s[si + (index >> 1)] >>> 32 * (index & 1) & 0xffff_ffffL;
    }

    /** CROSS, 256-bit: VPERMQ and VPERMPD. */
    public static void vpermq(long[] d, int di, long[] s, int si, int imm) {
        long w0 = s[si + (imm & 3)];
        long w1 = s[si + (imm >> 2 & 3)];
        long w2 = s[si + (imm >> 4 & 3)];
        long w3 = s[si + (imm >> 6 & 3)];
        d[di] = w0;
        d[di + 1] = w1;
        d[di + 2] = w2;
        d[di + 3] = w3;
    }

    /** CROSS, 256-bit: VPERM2I128 and VPERM2F128. */
    public static void vperm2i128(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm) {
        long w0 = half(a, ai, b, bi, imm, 0);
        long w1 = half(a, ai, b, bi, imm, 1);
        long w2 = half(a, ai, b, bi, imm >> 4, 0);
        long w3 = half(a, ai, b, bi, imm >> 4, 1);
        d[di] = w0;
        d[di + 1] = w1;
        d[di + 2] = w2;
        d[di + 3] = w3;
    }

    private static long half(long[] a, int ai, long[] b, int bi, int select, int word) {
        if ((select & 8) != 0) return 0;
        int at = 2 * (select & 1) + word;
        return (select & 2) == 0 ? a[ai + at] : b[bi + at];
    }

    private static long dword(long lo, long hi, int index) {
        return ((index & 2) == 0 ? lo : hi) >>> 32 * (index & 1) & 0xffff_ffffL;
    }
}
