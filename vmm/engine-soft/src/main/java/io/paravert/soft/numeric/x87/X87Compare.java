package io.paravert.soft.numeric.x87;

/** FCOM, FUCOM, FICOM, FTST, FCOMI, FUCOMI, FXAM. */
public final class X87Compare {
    private static final int LESS = X87State.C0;
    private static final int EQUAL = X87State.C3;
    private static final int GREATER = 0;
    private static final int UNORDERED = X87State.C0 | X87State.C2 | X87State.C3;

    private static final int ZF = 1 << 6;
    private static final int PF = 1 << 2;
    private static final int CF = 1;

    private X87Compare() {}

    /**
     * ST(0) against ST(i).
     *
     * @param quiet FUCOM: quiet NaNs raise nothing
     * @param pops 0, 1 or 2
     */
    public static void registers(X87State f, int i, boolean quiet, int pops) {
        X87Result r = f.begin();
        int conditions = UNORDERED;
        if (f.isEmpty(0) || f.isEmpty(i)) f.stackFault(false);
        else conditions = relation(f.se(0), f.sig(0), f.se(i), f.sig(i), quiet, r);
        finish(f, conditions, pops);
    }

    /** FCOM m32. */
    public static void single(X87State f, int bits, int pops) {
        X87Result r = f.begin();
        X87Convert.widenSingle(bits, r);
        memory(f, r, pops);
    }

    /** FCOM m64. */
    public static void dbl(X87State f, long bits, int pops) {
        X87Result r = f.begin();
        X87Convert.widenDouble(bits, r);
        memory(f, r, pops);
    }

    /** FICOM; FTST compares with the integer 0. */
    public static void integer(X87State f, long value, int pops) {
        X87Result r = f.begin();
        X87Convert.fromInteger(value, r);
        memory(f, r, pops);
    }

    private static void memory(X87State f, X87Result r, int pops) {
        int conditions = UNORDERED;
        if (f.isEmpty(0)) f.stackFault(false);
        else conditions = relation(f.se(0), f.sig(0), r.signExponent, r.significand, false, r);
        finish(f, conditions, pops);
    }

    private static void finish(X87State f, int conditions, int pops) {
        f.conditions(conditions);
        if (!f.refused()) {
            for (int n = 0; n < pops; n++) f.pop();
        }
        f.conclude();
    }

    /**
     * FCOMI, FCOMIP, FUCOMI, FUCOMIP. C1 keeps its value, as Zen has it, unless the stack underflows.
     *
     * @return the new RFLAGS: ZF PF CF by the relation, OF SF AF clear; also where an unmasked exception keeps it from popping
     */
    public static int flags(X87State f, int i, boolean quiet, boolean pop, int old) {
        X87Result r = f.begin();
        int conditions = UNORDERED;
        if (f.isEmpty(0) || f.isEmpty(i)) f.stackFault(false);
        else conditions = relation(f.se(0), f.sig(0), f.se(i), f.sig(i), quiet, r);
        if (!f.refused() && pop) f.pop();
        boolean c1 = (f.status() & X87State.C1) != 0;
        boolean stackFault = (r.raised & X87State.SF) != 0;
        f.conclude();
        f.c1(c1 && !stackFault);
        return old & ~0x8d5
                | ((conditions & X87State.C3) != 0 ? ZF : 0)
                | ((conditions & X87State.C2) != 0 ? PF : 0)
                | ((conditions & X87State.C0) != 0 ? CF : 0);
    }

    private static int relation(int ase, long a, int bse, long b, boolean quiet, X87Result r) {
        if (Extended.isUnsupported(ase, a) || Extended.isUnsupported(bse, b)) {
            r.raise(X87Result.IE);
            return UNORDERED;
        }
        if (Extended.isNan(ase, a) || Extended.isNan(bse, b)) {
            if (!quiet || Extended.isSignalling(ase, a) || Extended.isSignalling(bse, b)) r.raise(X87Result.IE);
            return UNORDERED;
        }
        ExtendedArithmetic.denormals(ase, a, bse, b, r);
        boolean negativeA = Extended.isNegative(ase);
        if (a == 0 && b == 0) return EQUAL;
        if (negativeA != Extended.isNegative(bse)) return negativeA ? LESS : GREATER;
        int order = Integer.compare(magnitudeField(ase, a), magnitudeField(bse, b));
        if (order == 0) order = Long.compareUnsigned(a, b);
        if (order == 0) return EQUAL;
        return order < 0 ^ negativeA ? LESS : GREATER;
    }

    /** The exponent field, with denormals in the place that their scale gives them. */
    private static int magnitudeField(int se, long sig) {
        int field = Extended.field(se);
        return field == 0 && sig != 0 ? 1 : field;
    }

    /** FXAM: the class of ST(0) in C3 C2 C0, its sign in C1. */
    public static void examine(X87State f) {
        int se = f.se(0);
        long sig = f.sig(0);
        f.conditions(classOf(f, se, sig));
        f.c1(Extended.isNegative(se));
    }

    private static int classOf(X87State f, int se, long sig) {
        if (f.isEmpty(0)) return X87State.C3 | X87State.C0;
        if (Extended.isUnsupported(se, sig)) return 0;
        if (Extended.isNan(se, sig)) return X87State.C0;
        if (Extended.isInfinite(se, sig)) return X87State.C2 | X87State.C0;
        if (Extended.isZero(se, sig)) return X87State.C3;
        return Extended.isDenormal(se, sig) ? X87State.C3 | X87State.C2 : X87State.C2;
    }
}
