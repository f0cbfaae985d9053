package io.paravert.soft.numeric.simd;

/** A statement of the LANE shape with an immediate byte. */
@FunctionalInterface
public interface LaneImmOp {
    /** All operands are read before {@code d} is written. A statement with one source reads {@code b}. */
    void apply(long[] d, int di, long[] a, int ai, long[] b, int bi, int imm);
}
