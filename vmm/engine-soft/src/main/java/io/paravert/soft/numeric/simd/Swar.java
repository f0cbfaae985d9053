package io.paravert.soft.numeric.simd;

/**
 * Arithmetic on the elements of a word without taking the word apart. A parameter {@code high} has the sign bit of each
 * element set and so says how wide elements are.
 */
final class Swar {
    static final long HIGH_B = 0x8080_8080_8080_8080L;
    static final long HIGH_W = 0x8000_8000_8000_8000L;
    static final long HIGH_D = 0x8000_0000_8000_0000L;
    static final long HIGH_Q = 0x8000_0000_0000_0000L;

    private Swar() {}

    static long add(long a, long b, long high) {
        return ((a & ~high) + (b & ~high)) ^ ((a ^ b) & high);
    }

    static long sub(long a, long b, long high) {
        return ((a | high) - (b & ~high)) ^ ((a ^ ~b) & high);
    }

    /** Spreads each element's sign bit over the element; {@code bits} is the element's width. */
    static long spread(long signs, long high, int bits) {
        long s = signs & high;
        return bits == 64 ? s >> 63 : (s << 1) - (s >>> (bits - 1));
    }

    /** Sign bit set in each element where a is at least b, both unsigned. */
    static long atLeast(long a, long b, long high) {
        long lowParts = (a | high) - (b & ~high);
        return ((a & ~b) | (~(a ^ b) & lowParts)) & high;
    }

    /** Sign bit set in each element that is zero. */
    static long zeros(long t, long high) {
        return ~(((t & ~high) + ~high) | t) & high;
    }

    static long select(long mask, long ones, long zeros) {
        return (ones & mask) | (zeros & ~mask);
    }

    /** The element {@code value} in every place that {@code high} has one. */
    static long repeat(long value, long high, int bits) {
        return (high >>> (bits - 1)) * value;
    }
}
