package io.paravert.soft.numeric.x87;

import io.paravert.soft.numeric.fp.Unrounded;

/**
 * Elementary functions to some 115 bits, by argument reduction and Taylor series in {@link Unrounded} arithmetic; rounded to 64 bits
 * the error is below 0.5001 units in the last place. Works in its own scratch values: one object per {@link X87State}.
 */
final class Elementary {
    private static final int TERMS = 30;
    /** 1 / (k + 1)!. */
    private static final Unrounded[] EXPONENTIAL = new Unrounded[TERMS];

    /** (-1)^k / (2k + 1)!. */
    private static final Unrounded[] SINE = new Unrounded[TERMS / 2];

    /** (-1)^k / (2k)!. */
    private static final Unrounded[] COSINE = new Unrounded[TERMS / 2];

    /** (-1)^k / (2k + 1). */
    private static final Unrounded[] ARC_TANGENT = new Unrounded[TERMS / 2];

    /** 1 / (2k + 1). */
    private static final Unrounded[] AREA_TANGENT = new Unrounded[TERMS];

    private static final Unrounded ONE = value(0, 0x8000_0000_0000_0000L, 0);
    private static final Unrounded LN_2 = value(-1, 0xb172_17f7_d1cf_79abL, 0xc9e3_b398_03f2_f6afL);
    private static final Unrounded TWO_LOG2_E = value(1, 0xb8aa_3b29_5c17_f0bbL, 0xbe87_fed0_691d_3e88L);
    private static final Unrounded PI = value(1, 0xc90f_daa2_2168_c234L, 0xc4c6_628b_80dc_1cd1L);
    private static final Unrounded HALF_PI = value(0, 0xc90f_daa2_2168_c234L, 0xc4c6_628b_80dc_1cd1L);

    /**
     * pi/2 as processors have it, in units of 2^-65: cut to 66 bits (Intel SDM vol. 1, 8.3.8). Angles are reduced by it, and not by
     * the true pi/2, because guests' libraries know that and because AMD's and Intel's processors agree in it.
     */
    private static final long HALF_PI_66_HIGH = 3;

    private static final long HALF_PI_66_LOW = 0x243f_6a88_85a3_08d3L;

    /** atan(i / 16). */
    private static final Unrounded[] ARC_TANGENTS = new Unrounded[17];

    private final Unrounded square = new Unrounded();
    private final Unrounded work = new Unrounded();
    private final Unrounded other = new Unrounded();

    static {
        Unrounded factorial = value(0, Long.MIN_VALUE, 0); // 1 / n!
        for (int n = 0; n < TERMS; n++) {
            if (n > 0) factorial.divide(integer(n));
            Unrounded[] halves = (n & 1) == 0 ? COSINE : SINE;
            halves[n / 2] = copyOf(factorial);
            halves[n / 2].negative = (n & 2) != 0;
        }
        for (int k = 0; k < TERMS; k++) {
            AREA_TANGENT[k] = copyOf(ONE);
            AREA_TANGENT[k].divide(integer(2 * k + 1));
            if (k < TERMS / 2) {
                ARC_TANGENT[k] = copyOf(AREA_TANGENT[k]);
                ARC_TANGENT[k].negative = (k & 1) != 0;
            }
            EXPONENTIAL[k] = copyOf(k == 0 ? ONE : EXPONENTIAL[k - 1]);
            EXPONENTIAL[k].divide(integer(k + 1));
        }
        Elementary builder = new Elementary();
        // atan(1/16) by its series; each further one from its neighbour: atan b - atan a = atan((b - a) / (1 + a b)).
        for (int i = 1; i <= 16; i++) {
            Unrounded step = integer(16);
            step.divide(integer(256 + i * (i - 1)));
            builder.arcTangentSeries(step);
            if (i > 1) step.add(ARC_TANGENTS[i - 1]);
            ARC_TANGENTS[i] = step;
        }
    }

    private static Unrounded value(int exponent, long high, long low) {
        Unrounded v = new Unrounded();
        v.set(false, exponent, high, low);
        return v;
    }

    private static Unrounded integer(int n) {
        Unrounded v = new Unrounded();
        v.setInteger(false, 0, 0, n);
        return v;
    }

    private static Unrounded copyOf(Unrounded from) {
        Unrounded v = new Unrounded();
        v.copy(from);
        return v;
    }

    /** work becomes the polynomial in {@link #square}. */
    private void polynomial(Unrounded[] coefficients) {
        work.copy(coefficients[coefficients.length - 1]);
        for (int k = coefficients.length - 2; k >= 0; k--) {
            work.multiply(square);
            work.add(coefficients[k]);
        }
    }

    /** x becomes 2^x - 1, for x between -1 and 1, not zero. */
    void exp2m1(Unrounded x) {
        x.multiply(LN_2);
        square.copy(x);
        polynomial(EXPONENTIAL);
        x.multiply(work);
    }

    /** x becomes the sine of x + quadrant * pi/2, for x within pi/4 of zero, not zero. */
    void sine(Unrounded x, int quadrant) {
        square.copy(x);
        square.multiply(x);
        if ((quadrant & 1) == 0) {
            polynomial(SINE);
            x.multiply(work);
        } else {
            polynomial(COSINE);
            x.copy(work);
        }
        if ((quadrant & 2) != 0) x.negative = !x.negative;
    }

    /** x becomes the tangent of x + quadrant * pi/2. */
    void tangent(Unrounded x, int quadrant) {
        other.copy(x);
        sine(x, quadrant);
        sine(other, quadrant + 1);
        x.divide(other);
    }

    /**
     * Reduces an angle: x, a 64-bit significand below 2^63 in magnitude, becomes its distance from the nearest multiple of pi/2, which is
     * exact and never zero.
     *
     * @return the multiple, modulo 4
     */
    int reduce(Unrounded x) {
        if (x.exponent < -1) return 0; // below 1/2
        long high = 0;
        long low = x.high;
        int quotient = 0;
        for (int i = x.exponent + 2; i > 0; i--) { // the units are 2^-65 at the end
            high = high << 1 | low >>> 63;
            low <<= 1;
            quotient <<= 1;
            if (high > HALF_PI_66_HIGH || (high == HALF_PI_66_HIGH && atLeast(low, HALF_PI_66_LOW))) {
                high -= HALF_PI_66_HIGH + (atLeast(low, HALF_PI_66_LOW) ? 0 : 1);
                low -= HALF_PI_66_LOW;
                quotient++;
            }
        }
        boolean negative = x.negative;
        boolean beyondHalf = high > 1 || (high == 1 && low < 0); // over 1.5 * 2^64, a little less than half of it
        if (beyondHalf) {
            quotient++;
            high = HALF_PI_66_HIGH - high - (atLeast(HALF_PI_66_LOW, low) ? 0 : 1);
            low = HALF_PI_66_LOW - low;
        }
        x.setInteger(negative ^ beyondHalf, -65, high, low);
        return (negative ? -quotient : quotient) & 3;
    }

    private static boolean atLeast(long a, long b) {
        return Long.compareUnsigned(a, b) >= 0;
    }

    /** y becomes the angle of the point (x, y), both not zero and finite; x becomes rubbish. */
    void arcTangent(Unrounded y, Unrounded x) {
        boolean negative = y.negative;
        boolean left = x.negative;
        y.negative = false;
        x.negative = false;
        boolean steep =
                y.exponent > x.exponent || (y.exponent == x.exponent && Long.compareUnsigned(y.high, x.high) > 0);
        if (steep) {
            x.divide(y);
            y.copy(x);
        } else {
            y.divide(x);
        }
        arcTangentOfRatio(y);
        if (steep) {
            y.negative = true;
            y.add(HALF_PI);
        }
        if (left) {
            y.negative = true;
            y.add(PI);
        }
        y.negative = negative;
    }

    /** z, between 0 and 1, becomes its arc tangent. */
    private void arcTangentOfRatio(Unrounded z) {
        int sixteenths = z.exponent < -5 ? 0 : (int) (z.high >>> 58 - z.exponent) + 1 >> 1;
        if (sixteenths == 0) {
            arcTangentSeries(z);
            return;
        }
        // (z - c) / (1 + c z), c = sixteenths / 16
        other.setInteger(false, -4, 0, sixteenths);
        square.copy(other);
        square.multiply(z);
        square.add(ONE);
        other.negative = true;
        if (!z.add(other.negative, other.exponent, other.high, other.low)) {
            z.copy(ARC_TANGENTS[sixteenths]);
            return;
        }
        z.divide(square);
        arcTangentSeries(z);
        z.add(ARC_TANGENTS[sixteenths]);
    }

    /** z, small, becomes its arc tangent. */
    private void arcTangentSeries(Unrounded z) {
        square.copy(z);
        square.multiply(z);
        polynomial(ARC_TANGENT);
        z.multiply(work);
    }

    /** x, positive and not one, becomes its binary logarithm. */
    void log2(Unrounded x) {
        int exponent = x.exponent;
        x.exponent = 0;
        if (Long.compareUnsigned(x.high, 0xb504_f333_f9de_6484L) > 0) { // over the root of two
            x.exponent = -1;
            exponent++;
        }
        other.copy(x);
        other.add(ONE);
        if (x.add(true, 0, Long.MIN_VALUE, 0)) { // x - 1
            areaTangent(x, other);
            if (exponent != 0) {
                other.setInteger(exponent < 0, 0, 0, Math.abs(exponent));
                x.add(other);
            }
        } else {
            x.setInteger(exponent < 0, 0, 0, Math.abs(exponent));
        }
    }

    /** x, not zero and above -1, becomes the binary logarithm of 1 + x. */
    void log2p1(Unrounded x) {
        other.copy(x);
        if (x.exponent >= -2) {
            x.add(ONE);
            log2(x);
            return;
        }
        other.add(false, 1, Long.MIN_VALUE, 0); // 2 + x
        areaTangent(x, other);
    }

    /** x becomes 2 log2(e) atanh(x / y), the binary logarithm of (y + x) / (y - x). */
    private void areaTangent(Unrounded x, Unrounded y) {
        x.divide(y);
        square.copy(x);
        square.multiply(x);
        polynomial(AREA_TANGENT);
        x.multiply(work);
        x.multiply(TWO_LOG2_E);
    }
}
