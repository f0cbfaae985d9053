package io.paravert.soft.numeric.x87;

/** FADD, FMUL, FSUB, FDIV in all forms, FSQRT, FABS, FCHS. */
public final class X87Arithmetic {
    /** Operations, numbered as the reg field of D8 /r has them (there 2 and 3 are comparisons). */
    public static final int ADD = 0;

    public static final int MUL = 1;
    /** Destination minus source. */
    public static final int SUB = 4;
    /** Source minus destination. */
    public static final int SUBR = 5;

    public static final int DIV = 6;
    public static final int DIVR = 7;

    private X87Arithmetic() {}

    /**
     * ST(dst) becomes ST(dst) op ST(src). For DC and DE encodings, whose destination is ST(i), the reg field's low bit is the other
     * way round: DC /4 is SUBR, DC /5 SUB, and so for DIV.
     */
    public static void registers(X87State f, int op, int dst, int src, boolean pop) {
        X87Result r = f.begin();
        if (f.isEmpty(dst) || f.isEmpty(src)) {
            f.deliverUnderflow(dst, pop);
            return;
        }
        compute(op, f.se(dst), f.sig(dst), f.se(src), f.sig(src), r);
        f.deliver(dst, pop);
    }

    /** ST(0) op a float in memory. */
    public static void single(X87State f, int op, int bits) {
        X87Result r = f.begin();
        if (f.isEmpty(0)) {
            f.deliverUnderflow(0, false);
            return;
        }
        X87Convert.widenSingle(bits, r);
        compute(op, f.se(0), f.sig(0), r.signExponent, r.significand, r);
        f.deliver(0, false);
    }

    /** ST(0) op a double in memory. */
    public static void dbl(X87State f, int op, long bits) {
        X87Result r = f.begin();
        if (f.isEmpty(0)) {
            f.deliverUnderflow(0, false);
            return;
        }
        X87Convert.widenDouble(bits, r);
        compute(op, f.se(0), f.sig(0), r.signExponent, r.significand, r);
        f.deliver(0, false);
    }

    /** ST(0) op an integer in memory, sign-extended. */
    public static void integer(X87State f, int op, long value) {
        X87Result r = f.begin();
        if (f.isEmpty(0)) {
            f.deliverUnderflow(0, false);
            return;
        }
        X87Convert.fromInteger(value, r);
        compute(op, f.se(0), f.sig(0), r.signExponent, r.significand, r);
        f.deliver(0, false);
    }

    private static void compute(int op, int dse, long d, int sse, long s, X87Result r) {
        switch (op) {
            case ADD -> ExtendedArithmetic.add(dse, d, sse, s, r);
            case MUL -> ExtendedArithmetic.mul(dse, d, sse, s, r);
            case SUB -> ExtendedArithmetic.sub(dse, d, sse, s, r);
            case SUBR -> ExtendedArithmetic.sub(sse, s, dse, d, r);
            case DIV -> ExtendedArithmetic.div(dse, d, sse, s, r);
            case DIVR -> ExtendedArithmetic.div(sse, s, dse, d, r);
            default -> throw new IllegalArgumentException("x87 operation " + op + ", not 0, 1 or 4 to 7");
        }
    }

    public static void sqrt(X87State f) {
        X87Result r = f.begin();
        if (f.isEmpty(0)) {
            f.deliverUnderflow(0, false);
            return;
        }
        ExtendedArithmetic.sqrt(f.se(0), f.sig(0), r);
        f.deliver(0, false);
    }

    /** No exceptions but the stack's, whatever the encoding. */
    public static void abs(X87State f) {
        sign(f, f.se(0) & ~Extended.SIGN);
    }

    /** As {@link #abs}. */
    public static void chs(X87State f) {
        sign(f, f.se(0) ^ Extended.SIGN);
    }

    private static void sign(X87State f, int se) {
        X87Result r = f.begin();
        if (f.isEmpty(0)) {
            f.deliverUnderflow(0, false);
            return;
        }
        r.set(se, f.sig(0));
        f.deliver(0, false);
    }
}
