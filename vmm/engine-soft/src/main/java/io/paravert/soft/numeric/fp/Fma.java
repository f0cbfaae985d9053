package io.paravert.soft.numeric.fp;

/**
 * The FMA3 family by parts: x * y + z with the product, the addend or both negated. VFMADD is 0, VFMSUB {@link #NEGATE_ADDEND},
 * VFNMADD {@link #NEGATE_PRODUCT}, VFNMSUB both; VFMADDSUB and VFMSUBADD take {@link #alternating}.
 */
public final class Fma {
    public static final int NEGATE_PRODUCT = 1;
    public static final int NEGATE_ADDEND = 2;

    private Fma() {}

    /** What element {@code index} of VFMADDSUB negates: the addend of even elements. VFMSUBADD: the other. */
    public static int alternating(int index, boolean subtractEven) {
        return ((index & 1) == 0) == subtractEven ? NEGATE_ADDEND : 0;
    }

    /** Two floats a word. */
    public static long ps(long x, long y, long z, int negateLow, int negateHigh, Mxcsr m) {
        return SingleArithmetic.word(
                SingleArithmetic.fma((int) x, (int) y, (int) z, negateLow, m),
                SingleArithmetic.fma((int) (x >>> 32), (int) (y >>> 32), (int) (z >>> 32), negateHigh, m));
    }
}
