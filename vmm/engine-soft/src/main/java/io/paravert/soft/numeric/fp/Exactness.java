package io.paravert.soft.numeric.fp;

/** Whether Java's arithmetic on the bits of doubles lost nothing. Of normal results; of products and quotients false says nothing. */
public final class Exactness {
    private Exactness() {}

    /** Whether {@code r}, the rounded sum, is the sum (Knuth's TwoSum; TAOCP vol. 2, 4.2.2, theorem B). */
    public static boolean ofSum(long a, long b, long r) {
        double x = Double.longBitsToDouble(a);
        double y = Double.longBitsToDouble(b);
        double sum = Double.longBitsToDouble(r);
        double yPart = sum - x;
        double xPart = sum - yPart;
        return (x - xPart) + (y - yPart) == 0;
    }

    /** Whether the significands are short enough for their product to be exact. */
    public static boolean ofProduct(long a, long b) {
        int zeros = Long.numberOfTrailingZeros(a | 1L << 52) + Long.numberOfTrailingZeros(b | 1L << 52);
        return zeros >= 53;
    }

    /** Whether {@code r}, the rounded quotient, is the quotient. */
    public static boolean ofQuotient(long a, long b, long r) {
        return ofProduct(r, b) && Double.longBitsToDouble(r) * Double.longBitsToDouble(b) == Double.longBitsToDouble(a);
    }

    /** Whether {@code r}, the rounded square root, is the square root. */
    public static boolean ofSquare(long b, long r) {
        double root = Double.longBitsToDouble(r);
        return ofProduct(r, r) && root * root == Double.longBitsToDouble(b);
    }
}
