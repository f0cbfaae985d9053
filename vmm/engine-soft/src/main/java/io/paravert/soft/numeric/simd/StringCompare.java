package io.paravert.soft.numeric.simd;

/** The comparison of PCMPESTRI and its like (Intel SDM vol. 2, 4.1): strings of up to 16 bytes or 8 words. */
public final class StringCompare {
    private static final int CF = 1;
    private static final int ZF = 1 << 6;
    private static final int SF = 1 << 7;
    private static final int OF = 1 << 11;

    private StringCompare() {}

    /** Elements a register holds: 16 bytes or, with imm bit 0, 8 words. */
    public static int elements(int imm) {
        return (imm & 1) != 0 ? 8 : 16;
    }

    private static int element(long[] s, int si, int n, int imm) {
        if ((imm & 1) != 0) {
            int v = (int) (s[si + (n >> 2)] >>> 16 * (n & 3));
            return (imm & 2) != 0 ? (short) v : v & 0xffff;
        }
        int v = (int) (s[si + (n >> 3)] >>> 8 * (n & 7));
        return (imm & 2) != 0 ? (byte) v : v & 0xff;
    }

    /** The length that the implicit forms take: elements before the first zero. */
    public static int implicitLength(long[] s, int si, int imm) {
        int n = 0;
        while (n < elements(imm) && element(s, si, n, imm) != 0) n++;
        return n;
    }

    /** The length that the explicit forms take from a register: its magnitude, at most the number of elements. */
    public static int explicitLength(long register, int imm) {
        long magnitude = register == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(register);
        return (int) Math.min(magnitude, elements(imm));
    }

    /** IntRes2: one bit an element of b. */
    public static int compare(long[] a, int ai, int la, long[] b, int bi, int lb, int imm) {
        int n = elements(imm);
        int result = 0;
        for (int j = 0; j < n; j++) {
            boolean hit = switch (imm >> 2 & 3) {
                case 0 -> j < lb && equalsAny(a, ai, la, element(b, bi, j, imm), imm);
                case 1 -> j < lb && inRanges(a, ai, la, element(b, bi, j, imm), imm);
                case 2 -> j < la && j < lb ? element(a, ai, j, imm) == element(b, bi, j, imm) : j >= la && j >= lb;
                default -> startsAt(a, ai, la, b, bi, lb, j, imm);
            };
            if (hit) result |= 1 << j;
        }
        int all = (1 << n) - 1;
        return switch (imm >> 4 & 3) {
            case 1 -> result ^ all;
            case 3 -> result ^ (1 << lb) - 1;
            default -> result;
        };
    }

    private static boolean equalsAny(long[] a, int ai, int la, int value, int imm) {
        for (int i = 0; i < la; i++) {
            if (element(a, ai, i, imm) == value) return true;
        }
        return false;
    }

    private static boolean inRanges(long[] a, int ai, int la, int value, int imm) {
        for (int i = 0; i + 1 < la; i += 2) {
            if (value >= element(a, ai, i, imm) && value <= element(a, ai, i + 1, imm)) return true;
        }
        return false;
    }

    private static boolean startsAt(long[] a, int ai, int la, long[] b, int bi, int lb, int at, int imm) {
        for (int i = 0; i < la && at + i < elements(imm); i++) {
            if (at + i >= lb || element(a, ai, i, imm) != element(b, bi, at + i, imm)) return false;
        }
        return true;
    }

    public static int flags(int result, int la, int lb, int imm) {
        int n = elements(imm);
        return (result != 0 ? CF : 0) | (lb < n ? ZF : 0) | (la < n ? SF : 0) | ((result & 1) != 0 ? OF : 0);
    }

    /** What the index forms leave in ECX: the lowest or (imm bit 6) highest bit, or the number of elements. */
    public static int index(int result, int imm) {
        if (result == 0) return elements(imm);
        return (imm & 0x40) != 0 ? 31 - Integer.numberOfLeadingZeros(result) : Integer.numberOfTrailingZeros(result);
    }

    /** Word 0 or 1 of what the mask forms leave in XMM0: bits or (imm bit 6) elements of all ones. */
    public static long mask(int result, int imm, int word) {
        if ((imm & 0x40) == 0) return word == 0 ? result : 0;
        int perWord = elements(imm) / 2;
        int bits = 64 / perWord;
        long r = 0;
        for (int i = 0; i < perWord; i++) {
            if ((result >> word * perWord + i & 1) != 0) r |= (1L << bits) - 1 << bits * i;
        }
        return r;
    }
}
