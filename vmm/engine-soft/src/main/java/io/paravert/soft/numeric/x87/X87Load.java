package io.paravert.soft.numeric.x87;

/** FLD, FILD, FBLD and the constants: what pushes. */
public final class X87Load {
    /** Constants in the order of D9 E8 to D9 EE: exponent, and 128 bits of significand. */
    private static final long[][] CONSTANTS = {
        {0, 0x8000_0000_0000_0000L, 0}, // 1
        {1, 0xd49a_784b_cd1b_8afeL, 0x492b_f6ff_4daf_db4cL}, // log2 10
        {0, 0xb8aa_3b29_5c17_f0bbL, 0xbe87_fed0_691d_3e88L}, // log2 e
        {1, 0xc90f_daa2_2168_c234L, 0xc4c6_628b_80dc_1cd1L}, // pi
        {-2, 0x9a20_9a84_fbcf_f798L, 0x8f89_59ac_0b7c_9178L}, // log10 2
        {-1, 0xb172_17f7_d1cf_79abL, 0xc9e3_b398_03f2_f6afL}, // ln 2
    };

    private X87Load() {}

    /** FLD m32. */
    public static void single(X87State f, int bits) {
        X87Result r = f.begin();
        X87Convert.widenSingle(bits, r);
        widened(f, r);
    }

    /** FLD m64. */
    public static void dbl(X87State f, long bits) {
        X87Result r = f.begin();
        X87Convert.widenDouble(bits, r);
        widened(f, r);
    }

    /** An unmasked DE does not keep the value from being pushed, unlike IE. */
    private static void widened(X87State f, X87Result r) {
        if (f.isEmpty(7)) {
            if (r.denormalSource) {
                f.push();
                r.raise(X87Result.DE);
                f.conclude();
                return;
            }
            if (Extended.isSignalling(r.signExponent, r.significand)) {
                r.raise(X87Result.IE);
                r.significand |= Extended.QUIET_BIT;
            }
        }
        f.push();
    }

    /** FLD m80: the bits as they are. */
    public static void extended(X87State f, int se, long sig) {
        f.begin().set(se, sig);
        f.push();
    }

    /** FLD ST(i). */
    public static void register(X87State f, int i) {
        X87Result r = f.begin();
        if (f.isEmpty(i)) { // also where the stack would overflow
            if (f.stackFault(false)) f.pushValue(Extended.INDEFINITE_SE, Extended.INDEFINITE);
            f.conclude();
            return;
        }
        r.set(f.se(i), f.sig(i));
        f.push();
    }

    /** FILD of any size, sign-extended. */
    public static void integer(X87State f, long value) {
        X87Convert.fromInteger(value, f.begin());
        f.push();
    }

    /**
     * FBLD. Digits above 9 count by their value, as on the processor.
     *
     * @param low digits 0 to 15
     * @param high digits 16 and 17, and the sign in bit 15
     */
    public static void bcd(X87State f, long low, int high) {
        long value = 0;
        for (int shift = 4; shift >= 0; shift -= 4) value = value * 10 + (high >> shift & 15);
        for (int shift = 60; shift >= 0; shift -= 4) value = value * 10 + (low >>> shift & 15);
        X87Result r = f.begin();
        X87Convert.fromInteger(value, r);
        r.signExponent |= high & Extended.SIGN;
        f.push();
    }

    /** FLD1, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2, FLDZ for 0 to 6: rounded as RC says, without PE. */
    public static void constant(X87State f, int which) {
        X87Result r = f.begin();
        if (which == 6) {
            r.set(0, 0);
        } else {
            long[] c = CONSTANTS[which];
            r.unrounded.set(false, (int) c[0], c[1], c[2]);
            r.round(64);
            r.raised = 0;
            r.roundedUp = false;
        }
        f.push();
    }
}
