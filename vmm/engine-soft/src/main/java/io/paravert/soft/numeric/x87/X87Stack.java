package io.paravert.soft.numeric.x87;

/** FXCH, FCMOVcc, FFREE, FINCSTP, FDECSTP. */
public final class X87Stack {
    private X87Stack() {}

    /** FXCH: empty registers first become the indefinite NaN, if that is masked. */
    public static void exchange(X87State f, int i) {
        f.begin();
        if (f.isEmpty(0) || f.isEmpty(i)) {
            if (!f.stackFault(false)) {
                f.conclude();
                return;
            }
            if (f.isEmpty(0)) f.write(0, Extended.INDEFINITE_SE, Extended.INDEFINITE);
            if (f.isEmpty(i)) f.write(i, Extended.INDEFINITE_SE, Extended.INDEFINITE);
        }
        int se = f.se(0);
        long sig = f.sig(0);
        f.write(0, f.se(i), f.sig(i));
        f.write(i, se, sig);
        f.conclude();
    }

    /** FCMOVcc: ST(0) becomes ST(i) if the condition holds. C1 keeps its value, as Zen has it, unless the stack underflows. */
    public static void move(X87State f, int i, boolean condition) {
        f.begin();
        if (f.isEmpty(0) || f.isEmpty(i)) {
            f.deliverUnderflow(0, false);
        } else if (condition) {
            f.write(0, f.se(i), f.sig(i));
        }
    }

    /** FFREE, which clears C1; FFREEP pops in addition. */
    public static void free(X87State f, int i, boolean pop) {
        f.free(i);
        f.c1(false);
        if (pop) f.pop();
    }

    /** FINCSTP (1) and FDECSTP (-1): TOP alone moves; C1 becomes clear. */
    public static void rotate(X87State f, int by) {
        f.rotate(by);
        f.c1(false);
    }
}
