package io.paravert.soft.numeric.fp;

import java.util.SplittableRandom;

/** Floating-point operands and MXCSR settings as instructions dislike them. */
public final class FpOperands {
    private static final long[] DOUBLES = {
        0,
        1,
        2,
        0x000f_ffff_ffff_ffffL, // the largest denormal
        0x0008_0000_0000_0000L,
        0x0010_0000_0000_0000L, // the smallest normal
        0x0010_0000_0000_0001L,
        0x001f_ffff_ffff_ffffL,
        0x0020_0000_0000_0000L,
        0x3ff0_0000_0000_0000L, // 1
        0x3ff0_0000_0000_0001L,
        0x3fef_ffff_ffff_ffffL,
        0x3fe0_0000_0000_0000L, // 0.5
        0x3fdf_ffff_ffff_ffffL,
        0x3ca0_0000_0000_0000L, // 2^-53
        0x3cb0_0000_0000_0000L,
        0x4000_0000_0000_0000L,
        0x4008_0000_0000_0000L,
        0x4330_0000_0000_0000L, // 2^52
        0x4340_0000_0000_0000L,
        0x41df_ffff_ffc0_0000L, // 2^31 - 1
        0x41df_ffff_ffe0_0000L, // 2^31 - 0.5
        0x41e0_0000_0000_0000L,
        0x41e0_0000_0010_0000L,
        0x43df_ffff_ffff_ffffL,
        0x43e0_0000_0000_0000L, // 2^63
        0x47ef_ffff_e000_0000L, // the largest float
        0x47ef_ffff_f000_0000L, // halfway from it to 2^128
        0x3810_0000_0000_0000L, // the smallest normal float
        0x380f_ffff_e000_0000L,
        0x36a0_0000_0000_0000L, // the smallest denormal float
        0x3690_0000_0000_0000L,
        0x7fef_ffff_ffff_ffffL,
        0x7fd0_0000_0000_0000L,
        0x7ff0_0000_0000_0000L,
        0x7ff0_0000_0000_0001L,
        0x7ff7_ffff_ffff_ffffL,
        0x7ff8_0000_0000_0000L,
        0x7ffc_1234_5678_9abcL,
    };
    private static final int[] SINGLES = {
        0,
        1,
        2,
        0x7f_ffff,
        0x40_0000,
        0x80_0000,
        0x80_0001,
        0xff_ffff,
        0x100_0000,
        0x3f80_0000,
        0x3f80_0001,
        0x3f7f_ffff,
        0x3f00_0000,
        0x3eff_ffff,
        0x3380_0000,
        0x3400_0000,
        0x4000_0000,
        0x4040_0000,
        0x4b00_0000,
        0x4b80_0000,
        0x4eff_ffff,
        0x4f00_0000,
        0x5eff_ffff,
        0x5f00_0000,
        0x7f7f_ffff,
        0x7e80_0000,
        0x7f80_0000,
        0x7f80_0001,
        0x7fbf_ffff,
        0x7fc0_0000,
        0x7fe1_2345,
        0x477f_e000,
        0x477f_f000,
        0x3880_0000,
        0x387f_c000,
        0x3300_0000
    };

    private FpOperands() {}

    public static long aDouble(SplittableRandom random) {
        long sign = random.nextLong() & Long.MIN_VALUE;
        return switch (random.nextInt(8)) {
            case 0, 1 -> DOUBLES[random.nextInt(DOUBLES.length)] | sign;
            case 2 -> random.nextLong();
            case 3 -> Double.doubleToRawLongBits(random.nextInt(-2000, 2000));
            case 4 -> Double.doubleToRawLongBits(random.nextInt() * 0x1p-16);
            case 5 -> (random.nextLong() & 0x000f_ffff_ffff_ffffL) | (random.nextLong(1020, 1030) << 52) | sign;
            case 6 -> (random.nextLong() & 0x000f_ffff_ffff_ffffL) | random.nextLong(0, 4) << 52 | sign;
            default -> Double.doubleToRawLongBits((double) random.nextLong() * Math.scalb(1.0, -random.nextInt(70)));
        };
    }

    public static int aSingle(SplittableRandom random) {
        int sign = random.nextInt() & Integer.MIN_VALUE;
        return switch (random.nextInt(7)) {
            case 0, 1 -> SINGLES[random.nextInt(SINGLES.length)] | sign;
            case 2 -> random.nextInt();
            case 3 -> Float.floatToRawIntBits(random.nextInt(-2000, 2000));
            case 4 -> Float.floatToRawIntBits(random.nextInt() * 0x1p-16f);
            case 5 -> (random.nextInt() & 0x7f_ffff) | random.nextInt(124, 131) << 23 | sign;
            default -> (random.nextInt() & 0x7f_ffff) | random.nextInt(0, 4) << 23 | sign;
        };
    }

    static long singles(SplittableRandom random) {
        return SingleArithmetic.word(aSingle(random), aSingle(random));
    }

    /** The initial value, with PE set or not, in half of the cases; else anything. */
    public static int mxcsr(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0, 1 -> Mxcsr.INITIAL;
            case 2 -> Mxcsr.INITIAL | Mxcsr.PE;
            case 3 -> Mxcsr.INITIAL | random.nextInt(4) << 13;
            case 4 -> Mxcsr.INITIAL | (random.nextInt() & (Mxcsr.FTZ | Mxcsr.DAZ | 0x603f));
            default -> {
                int masks = random.nextInt() & 0xffc0;
                yield masks | (random.nextInt() & masks >> Mxcsr.MASK_SHIFT & 0x3f);
            }
        };
    }
}
