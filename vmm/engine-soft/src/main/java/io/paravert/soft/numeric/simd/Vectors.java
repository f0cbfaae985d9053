package io.paravert.soft.numeric.simd;

/** The loops that apply a statement of each shape to whole registers: {@code words} is 2 for XMM and 4 for YMM. */
public final class Vectors {
    private Vectors() {}

    public static void word(WordOp op, long[] d, int di, long[] a, int ai, long[] b, int bi, int words) {
        for (int w = 0; w < words; w++) d[di + w] = op.apply(a[ai + w], b[bi + w]);
    }

    /** A shift of all words of {@code a} by one count. */
    public static void count(WordOp op, long[] d, int di, long[] a, int ai, long count, int words) {
        for (int w = 0; w < words; w++) d[di + w] = op.apply(a[ai + w], count);
    }

    public static void pair(WordOp op, long[] d, int di, long[] a, int ai, long[] b, int bi, int words) {
        for (int w = 0; w < words; w += 2) {
            long low = op.apply(a[ai + w], a[ai + w + 1]);
            long high = op.apply(b[bi + w], b[bi + w + 1]);
            d[di + w] = low;
            d[di + w + 1] = high;
        }
    }

    public static void lane(LaneOp op, long[] d, int di, long[] a, int ai, long[] b, int bi, int words) {
        for (int w = 0; w < words; w += 2) op.apply(d, di + w, a, ai + w, b, bi + w);
    }

    /** @param upperShift by how much the upper lane's immediate is shifted right: 0 unless the statement says otherwise */
    public static void lane(
            LaneImmOp op, long[] d, int di, long[] a, int ai, long[] b, int bi, int words, int imm, int upperShift) {
        op.apply(d, di, a, ai, b, bi, imm);
        if (words == 4) op.apply(d, di + 2, a, ai + 2, b, bi + 2, imm >> upperShift);
    }

    /**
     * The index of one element of a gather: sign-extended doubleword or quadword {@code element} of the index register. The
     * element's address is base + index * scale + displacement, in the address size's width.
     */
    public static long gatherIndex(long[] index, int ii, int element, boolean quadwords) {
        return quadwords ? index[ii + element] : (int) Shuffle.dwordOf(index, ii, element);
    }
}
