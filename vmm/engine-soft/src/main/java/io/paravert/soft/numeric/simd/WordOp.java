package io.paravert.soft.numeric.simd;

/**
 * A statement of the WORD, COUNT or PAIR shape: two 64-bit words in, one out. What the words are is the shape's matter; see
 * the package.
 */
@FunctionalInterface
public interface WordOp {
    long apply(long a, long b);
}
