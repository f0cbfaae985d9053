package io.paravert.soft.numeric.fp;

import static io.paravert.soft.numeric.fp.Format.DOUBLE;
import static io.paravert.soft.numeric.fp.Format.SINGLE;

/** CMPxx with all 32 predicates, COMI and UCOMI, MIN and MAX. */
public final class Compare {
    private static final int LESS = 1;
    private static final int EQUAL = 2;
    private static final int GREATER = 4;
    private static final int UNORDERED = 8;

    /** For which relations predicate i (low four bits) is true. */
    private static final int[] TRUE_FOR = {
        EQUAL, // EQ
        LESS,
        LESS | EQUAL,
        UNORDERED,
        LESS | GREATER | UNORDERED, // NEQ_U
        EQUAL | GREATER | UNORDERED, // NLT
        GREATER | UNORDERED, // NLE
        LESS | EQUAL | GREATER, // ORD
        EQUAL | UNORDERED, // EQ_U
        LESS | UNORDERED, // NGE
        LESS | EQUAL | UNORDERED, // NGT
        0,
        LESS | GREATER, // NEQ_O
        EQUAL | GREATER, // GE
        GREATER,
        LESS | EQUAL | GREATER | UNORDERED,
    };
    /** Bit i: predicate i raises IE also for quiet NaNs; predicates 16 to 31 are the other way round. */
    private static final int SIGNALLING = 1 << 1 | 1 << 2 | 1 << 5 | 1 << 6 | 1 << 9 | 1 << 10 | 1 << 13 | 1 << 14;

    private static final int ZF = 1 << 6;
    private static final int PF = 1 << 2;
    private static final int CF = 1;

    private Compare() {}

    /** All ones if the predicate (0..31; legacy encodings have 0..7) holds, else zero. */
    public static long cmpsd(long a, long b, int predicate, Mxcsr m) {
        return holds(relation(DOUBLE, a, b, signals(predicate), m), predicate) ? -1L : 0;
    }

    public static int cmpss(int a, int b, int predicate, Mxcsr m) {
        int r = relation(SINGLE, a & 0xffff_ffffL, b & 0xffff_ffffL, signals(predicate), m);
        return holds(r, predicate) ? -1 : 0;
    }

    public static long cmpps(long a, long b, int predicate, Mxcsr m) {
        return SingleArithmetic.word(
                cmpss((int) a, (int) b, predicate, m), cmpss((int) (a >>> 32), (int) (b >>> 32), predicate, m));
    }

    /** ZF, PF, CF of COMISD ({@code signalling}) or UCOMISD; the other arithmetic flags become clear. */
    public static int comisd(long a, long b, boolean signalling, Mxcsr m) {
        return flags(relation(DOUBLE, a, b, signalling, m));
    }

    /** As {@link #comisd}. */
    public static int comiss(int a, int b, boolean signalling, Mxcsr m) {
        return flags(relation(SINGLE, a & 0xffff_ffffL, b & 0xffff_ffffL, signalling, m));
    }

    /** The second operand where the operands are equal (zeros of either sign) or either is a NaN. */
    public static long minsd(long a, long b, Mxcsr m) {
        return relation(DOUBLE, a, b, true, m) == LESS ? DOUBLE.operand(a, m) : DOUBLE.operand(b, m);
    }

    public static long maxsd(long a, long b, Mxcsr m) {
        return relation(DOUBLE, a, b, true, m) == GREATER ? DOUBLE.operand(a, m) : DOUBLE.operand(b, m);
    }

    public static int minss(int a, int b, Mxcsr m) {
        return extreme(a & 0xffff_ffffL, b & 0xffff_ffffL, LESS, m);
    }

    public static int maxss(int a, int b, Mxcsr m) {
        return extreme(a & 0xffff_ffffL, b & 0xffff_ffffL, GREATER, m);
    }

    public static long minps(long a, long b, Mxcsr m) {
        return SingleArithmetic.word(minss((int) a, (int) b, m), minss((int) (a >>> 32), (int) (b >>> 32), m));
    }

    public static long maxps(long a, long b, Mxcsr m) {
        return SingleArithmetic.word(maxss((int) a, (int) b, m), maxss((int) (a >>> 32), (int) (b >>> 32), m));
    }

    private static int extreme(long a, long b, int wanted, Mxcsr m) {
        return (int) SINGLE.operand(relation(SINGLE, a, b, true, m) == wanted ? a : b, m);
    }

    private static boolean signals(int predicate) {
        return ((SIGNALLING >> (predicate & 15)) & 1) != 0 ^ (predicate & 16) != 0;
    }

    private static boolean holds(int relation, int predicate) {
        return (TRUE_FOR[predicate & 15] & relation) != 0;
    }

    private static int flags(int relation) {
        return switch (relation) {
            case LESS -> CF;
            case EQUAL -> ZF;
            case GREATER -> 0;
            default -> ZF | PF | CF;
        };
    }

    private static int relation(Format f, long x, long y, boolean signalling, Mxcsr m) {
        long a = f.operand(x, m);
        long b = f.operand(y, m);
        if (f.isNan(a) || f.isNan(b)) {
            if (signalling || f.isSignalling(a) || f.isSignalling(b)) m.raise(Mxcsr.IE);
            return UNORDERED;
        }
        SoftArithmetic.denormals(f, a, b, m);
        long p = ordered(f, a);
        long q = ordered(f, b);
        return p < q ? LESS : p == q ? EQUAL : GREATER;
    }

    /** Sign and magnitude as an integer of the same order. */
    private static long ordered(Format f, long v) {
        return f.isNegative(v) ? -(v & ~f.sign) : v;
    }
}
