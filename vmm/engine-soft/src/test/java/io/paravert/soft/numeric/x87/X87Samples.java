package io.paravert.soft.numeric.x87;

import java.util.SplittableRandom;

/** Extended values and control words as instructions dislike them. */
public final class X87Samples {
    private static final int[] FIELDS = {
        0,
        0,
        1,
        2,
        0x3f,
        0x40,
        0x41,
        0x3fff,
        0x3fff,
        0x3ffe,
        0x4000,
        0x4001,
        0x3fbf,
        0x3fc0,
        0x3fbe,
        0x403d,
        0x403e,
        0x403f,
        0x3fff - 127,
        0x3fff - 126,
        0x3fff - 149,
        0x3fff - 150,
        0x3fff + 127,
        0x3fff + 128,
        0x3fff - 1022,
        0x3fff - 1074,
        0x3fff + 1023,
        0x3fff + 1024,
        0x7ffd,
        0x7ffe,
        0x7fff,
        0x7fff,
        0x7fff,
        0x5fff,
        0x2000,
        0x1fff,
        0x5ffe
    };
    private static final long[] SIGNIFICANDS = {
        0,
        1,
        Long.MIN_VALUE,
        Long.MIN_VALUE,
        Long.MIN_VALUE,
        Long.MIN_VALUE + 1,
        -1,
        -1,
        -2,
        Long.MAX_VALUE,
        1L << 62,
        0xc000_0000_0000_0000L,
        0xc000_0000_0000_0001L,
        0xbfff_ffff_ffff_ffffL,
        0xffff_ff00_0000_0000L,
        0xffff_ff80_0000_0000L,
        0x8000_0080_0000_0000L,
        0xffff_ffff_ffff_f800L,
        0xffff_ffff_ffff_fc00L,
        0x8000_0000_0000_0400L,
        0x8000_0000_0000_0c00L,
        0xa000_0000_0000_0000L,
        0xb504_f333_f9de_6484L
    };

    private X87Samples() {}

    /** Fills {@code register} with sign and exponent, significand. */
    public static void value(SplittableRandom random, long[] register) {
        int sign = random.nextInt(2) << 15;
        switch (random.nextInt(9)) {
            case 0, 1 -> {
                register[0] = sign | FIELDS[random.nextInt(FIELDS.length)];
                register[1] = SIGNIFICANDS[random.nextInt(SIGNIFICANDS.length)];
            }
            case 2 -> {
                register[0] = random.nextInt(0x10000);
                register[1] = random.nextLong();
            }
            case 3 -> {
                register[0] = sign | FIELDS[random.nextInt(FIELDS.length)];
                register[1] = random.nextLong() | Long.MIN_VALUE;
            }
            case 4 -> {
                register[0] = sign | 0x3fff + random.nextInt(-70, 70);
                register[1] = random.nextLong() | Long.MIN_VALUE;
            }
            case 5 -> {
                register[0] = sign | 0x3fff + random.nextInt(-3, 4);
                register[1] = random.nextLong() | Long.MIN_VALUE;
            }
            case 6 -> { // a float's or double's worth of bits, perhaps with a halfway tail
                register[0] = sign | 0x3fff + random.nextInt(-20, 20);
                int bits = random.nextBoolean() ? 24 : 53;
                register[1] = (random.nextLong() & -1L << 63 - bits) | Long.MIN_VALUE;
            }
            default -> integer(random, register);
        }
    }

    private static void integer(SplittableRandom random, long[] register) {
        long v = random.nextLong() >> random.nextInt(64);
        if (v == 0) v = 1;
        int shift = Long.numberOfLeadingZeros(Math.abs(v));
        int scale = random.nextInt(4) == 0 ? random.nextInt(-3, 4) : 0;
        register[0] = (v < 0 ? 0x8000 : 0) | 0x3fff + 63 - shift + scale;
        register[1] = Math.abs(v) << shift;
    }

    /** The initial value in half of the cases. */
    public static int control(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0, 1 -> 0x37f;
            case 2, 3 -> 0x7f | random.nextInt(16) << 8;
            default -> 0x40 | random.nextInt(64) | random.nextInt(16) << 8;
        };
    }
}
