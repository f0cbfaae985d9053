package io.paravert.soft.numeric.ring3;

import java.util.SplittableRandom;

/** Operands as instructions dislike them. */
public final class Samples {
    private static final long[] BYTES = {0, 1, 0x7f, 0x80, 0x81, 0xfe, 0xff, 9, 0x0a, 0x99};
    private static final long[] WORDS = {0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0x8001, 0xfffe, 0xffff, 0xff80};
    private static final long[] DWORDS = {
        0, 1, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fff_ffffL, 0x8000_0000L, 0x8000_0001L, 0xffff_8000L, 0xffff_ffffL
    };
    private static final long[] QWORDS = {
        0, 1, 0x7fff_ffffL, 0x8000_0000L, 0xffff_ffffL, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1, -1, -2
    };

    private Samples() {}

    /** A word of packed integers: random, or made of elements at the edges of their ranges. */
    public static long word(SplittableRandom random) {
        return switch (random.nextInt(8)) {
            case 0 -> pack(random, BYTES, 8);
            case 1 -> pack(random, WORDS, 16);
            case 2 -> pack(random, DWORDS, 32);
            case 3 -> QWORDS[random.nextInt(QWORDS.length)];
            case 4 -> random.nextLong() & random.nextLong() & random.nextLong();
            case 5 -> random.nextInt(70);
            default -> random.nextLong();
        };
    }

    /** An integer operand: like {@link #word}, with any number of significant bits alike likely. */
    public static long integer(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> word(random);
            case 1 -> random.nextLong() >> random.nextInt(64);
            case 2 -> 1L << random.nextInt(64);
            default -> random.nextLong() >>> random.nextInt(64);
        };
    }

    public static long flags(SplittableRandom random) {
        return random.nextInt() & 0x8d5 | 0x202;
    }

    private static long pack(SplittableRandom random, long[] from, int bits) {
        long r = 0;
        for (int shift = 0; shift < 64; shift += bits) r |= from[random.nextInt(from.length)] << shift;
        return r;
    }
}
