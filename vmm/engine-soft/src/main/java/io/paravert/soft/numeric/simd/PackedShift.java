package io.paravert.soft.numeric.simd;

import static io.paravert.soft.numeric.simd.Swar.HIGH_D;
import static io.paravert.soft.numeric.simd.Swar.HIGH_W;

/**
 * Packed shifts. The first group is of the COUNT shape: the count is the whole low word of the count operand (an immediate
 * zero-extended), and one that is not below the element's width clears the element or fills it with its sign. Those with a
 * {@code v} before the element letter take one count per element (WORD). The byte shifts of a lane are LANE.
 */
public final class PackedShift {
    private PackedShift() {}

    public static long psllw(long a, long count) {
        return outside(count, 16) ? 0 : a << (int) count & Swar.repeat(0xffff << (int) count & 0xffff, HIGH_W, 16);
    }

    public static long pslld(long a, long count) {
        return outside(count, 32)
                ? 0
                : a << (int) count & Swar.repeat(0xffff_ffffL << (int) count & 0xffff_ffffL, HIGH_D, 32);
    }

    public static long psllq(long a, long count) {
        return outside(count, 64) ? 0 : a << (int) count;
    }

    public static long psrlw(long a, long count) {
        return outside(count, 16) ? 0 : a >>> (int) count & Swar.repeat(0xffff >>> (int) count, HIGH_W, 16);
    }

    public static long psrld(long a, long count) {
        return outside(count, 32) ? 0 : a >>> (int) count & Swar.repeat(0xffff_ffffL >>> (int) count, HIGH_D, 32);
    }

    public static long psrlq(long a, long count) {
        return outside(count, 64) ? 0 : a >>> (int) count;
    }

    public static long psraw(long a, long count) {
        int c = outside(count, 16) ? 15 : (int) count;
        long kept = Swar.repeat(0xffff >>> c, HIGH_W, 16);
        return (a >>> c & kept) | (Swar.spread(a, HIGH_W, 16) & ~kept);
    }

    public static long psrad(long a, long count) {
        int c = outside(count, 32) ? 31 : (int) count;
        return ((int) a >> c & 0xffff_ffffL) | (long) ((int) (a >>> 32) >> c) << 32;
    }

    public static long vpsllvd(long a, long b) {
        return pslld(a, b & 0xffff_ffffL) & 0xffff_ffffL | pslld(a, b >>> 32) & 0xffff_ffff_0000_0000L;
    }

    public static long vpsrlvd(long a, long b) {
        return psrld(a, b & 0xffff_ffffL) & 0xffff_ffffL | psrld(a, b >>> 32) & 0xffff_ffff_0000_0000L;
    }

    public static long vpsravd(long a, long b) {
        return psrad(a, b & 0xffff_ffffL) & 0xffff_ffffL | psrad(a, b >>> 32) & 0xffff_ffff_0000_0000L;
    }

    public static long vpsllvq(long a, long b) {
        return psllq(a, b);
    }

    public static long vpsrlvq(long a, long b) {
        return psrlq(a, b);
    }

    /** LANE: b shifted left by imm bytes. */
    public static void pslldq(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm) {
        int n = Math.min(imm & 0xff, 16);
        long lo = b[bi];
        long hi = b[bi + 1];
        d[di] = leftBytes(lo, n);
        d[di + 1] = n < 8 ? leftBytes(hi, n) | rightBytes(lo, 8 - n) : leftBytes(lo, n - 8);
    }

    /** LANE: b shifted right by imm bytes. */
    public static void psrldq(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm) {
        int n = Math.min(imm & 0xff, 16);
        long lo = b[bi];
        long hi = b[bi + 1];
        d[di] = n < 8 ? rightBytes(lo, n) | leftBytes(hi, 8 - n) : rightBytes(hi, n - 8);
        d[di + 1] = rightBytes(hi, n);
    }

    /** LANE: bytes imm to imm + 15 of the 32 bytes that a (high) and b (low) make. */
    public static void palignr(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm) {
        int n = imm & 0xff;
        long b0 = b[bi];
        long b1 = b[bi + 1];
        long a0 = a[ai];
        long a1 = a[ai + 1];
        d[di] = windowWord(b0, b1, a0, a1, n);
        d[di + 1] = windowWord(b0, b1, a0, a1, n + 8);
    }

    /** The MMX form of PALIGNR. */
    public static long palignrMmx(long a, long b, int imm) {
        return windowWord(b, a, 0, 0, imm & 0xff);
    }

    /** The eight bytes that begin at byte n of four words; zero beyond them. */
    private static long windowWord(long w0, long w1, long w2, long w3, int n) {
        int skip = n >>> 3;
        long low = skip == 0 ? w0 : skip == 1 ? w1 : skip == 2 ? w2 : skip == 3 ? w3 : 0;
        long high = skip == 0 ? w1 : skip == 1 ? w2 : skip == 2 ? w3 : 0;
        return rightBytes(low, n & 7) | leftBytes(high, 8 - (n & 7));
    }

    private static long leftBytes(long w, int bytes) {
        return bytes >= 8 ? 0 : w << 8 * bytes;
    }

    private static long rightBytes(long w, int bytes) {
        return bytes >= 8 ? 0 : w >>> 8 * bytes;
    }

    private static boolean outside(long count, int bits) {
        return count < 0 || count >= bits;
    }
}
