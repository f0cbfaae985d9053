package io.paravert.soft.numeric.simd;

/** A statement of the LANE shape: one 128-bit lane (two words) of {@code d} from the same lane of {@code a} and {@code b}. */
@FunctionalInterface
public interface LaneOp {
    /** All operands are read before {@code d} is written, so that they may be the same register. */
    void apply(long[] d, int di, long[] a, int ai, long[] b, int bi);
}
