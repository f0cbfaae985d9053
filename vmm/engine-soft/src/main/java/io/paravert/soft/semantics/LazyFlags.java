package io.paravert.soft.semantics;

/**
 * The six status flags in a form that is cheap to make: a <em>result</em>, sign-extended from the operand's width to 64 bits,
 * and an <em>auxiliary</em> word. Nothing but a reader of a flag computes it, and no reader needs to know which operation made
 * the pair.
 *
 * <pre>
 * aux  63  CF: carry out of the operand's top bit
 *      62  carry into the top bit; OF = bit 63 xor bit 62
 *    15-8  xor-ed to the result's low byte before its parity is taken
 *       3  AF: carry out of bit 3
 *       0  xor-ed to the result's sign
 * ZF = (result == 0)   SF = sign of result ^ bit 0   PF = even parity of the low byte ^ bits 15-8
 * </pre>
 *
 * Bits 15-8 and 0 are needed only for combinations that no result has, such as ZF with SF after POPF.
 */
public final class LazyFlags {
    public static final int CF = 1;
    public static final int PF = 1 << 2;
    public static final int AF = 1 << 4;
    public static final int ZF = 1 << 6;
    public static final int SF = 1 << 7;
    public static final int OF = 1 << 11;
    /** All status flags of RFLAGS. */
    public static final int STATUS = CF | PF | AF | ZF | SF | OF;

    private static final long CARRIES = 3L << 62;
    private static final long HALF = 1L << 3;

    private LazyFlags() {}

    /** {@code value}'s low {@code bits} bits (8, 16, 32 or 64), sign-extended. */
    public static long signExtend(long value, int bits) {
        return value << (64 - bits) >> (64 - bits);
    }

    /** {@code value}'s low {@code bits} bits (8, 16, 32 or 64), zero-extended. */
    public static long zeroExtend(long value, int bits) {
        return value << (64 - bits) >>> (64 - bits);
    }

    /** Auxiliary word of {@code result = a + b + carry}. Bits above the width are ignored. */
    public static long addAux(long a, long b, long result, int bits) {
        return fromCarries((a & b) | ((a | b) & ~result), bits);
    }

    /** Auxiliary word of {@code result = a - b - borrow}. */
    public static long subAux(long a, long b, long result, int bits) {
        return fromCarries((~a & b) | ((~a | b) & result), bits);
    }

    private static long fromCarries(long carries, int bits) {
        return (carries << (64 - bits) & CARRIES) | (carries & HALF);
    }

    /** Like {@link #addAux} with {@code b = 1}, but CF stays as in {@code old} (INC). */
    public static long incAux(long old, long a, long result, int bits) {
        return keepingCarry(old, addAux(a, 1, result, bits));
    }

    /** Like {@link #subAux} with {@code b = 1}, but CF stays as in {@code old} (DEC). */
    public static long decAux(long old, long a, long result, int bits) {
        return keepingCarry(old, subAux(a, 1, result, bits));
    }

    private static long keepingCarry(long old, long fresh) {
        long overflow = (fresh ^ fresh << 1) & Long.MIN_VALUE;
        long carry = old & Long.MIN_VALUE;
        return carry | (carry ^ overflow) >>> 1 | (fresh & HALF);
    }

    /** {@code aux} with CF and OF replaced and the rest kept. */
    public static long withCarryAndOverflow(long aux, boolean carry, boolean overflow) {
        return (aux & ~CARRIES) | (carry ? 1L << 63 : 0) | (carry != overflow ? 1L << 62 : 0);
    }

    /** Auxiliary word of a product: CF and OF say whether it is more than its low half. */
    public static long productAux(boolean lost) {
        return lost ? Long.MIN_VALUE : 0;
    }

    /** {@code aux} with CF replaced and the rest kept. */
    public static long withCarry(long aux, boolean carry) {
        return withCarryAndOverflow(aux, carry, overflow(aux));
    }

    /** {@code aux} with its two highest bits, and so CF and OF, those of {@code word}, and the rest kept. */
    public static long withHighBits(long aux, long word) {
        return (aux & ~CARRIES) | (word & CARRIES);
    }

    public static boolean carry(long aux) {
        return aux < 0;
    }

    public static boolean overflow(long aux) {
        return (aux ^ aux << 1) < 0;
    }

    public static boolean adjust(long aux) {
        return (aux & HALF) != 0;
    }

    public static boolean zero(long result) {
        return result == 0;
    }

    public static boolean sign(long result, long aux) {
        return (result ^ aux << 63) < 0;
    }

    public static boolean parity(long result, long aux) {
        return (Integer.bitCount((int) (result ^ aux >>> 8) & 0xff) & 1) == 0;
    }

    /** The status flags as they stand in RFLAGS. */
    public static int toRflags(long result, long aux) {
        return (carry(aux) ? CF : 0)
                | (parity(result, aux) ? PF : 0)
                | (adjust(aux) ? AF : 0)
                | (zero(result) ? ZF : 0)
                | (sign(result, aux) ? SF : 0)
                | (overflow(aux) ? OF : 0);
    }

    /** A result that, with {@link #auxOf}, stands for the status flags in {@code rflags}. */
    public static long resultOf(int rflags) {
        return (rflags & ZF) != 0 ? 0 : 1L << 32;
    }

    /** See {@link #resultOf}. */
    public static long auxOf(int rflags) {
        long aux = (rflags & AF) != 0 ? HALF : 0;
        aux |= (rflags & PF) != 0 ? 0 : 1L << 8;
        aux |= (rflags & SF) != 0 ? 1 : 0;
        return withCarryAndOverflow(aux, (rflags & CF) != 0, (rflags & OF) != 0);
    }

    /**
     * Whether condition {@code cc} of Jcc, SETcc and CMOVcc holds (Intel SDM vol. 2, appendix B.1.4.7).
     *
     * @param cc 0 to 15; odd ones negate
     */
    public static boolean condition(int cc, long result, long aux) {
        boolean holds = switch (cc >> 1) {
            case 0 -> overflow(aux);
            case 1 -> carry(aux);
            case 2 -> zero(result);
            case 3 -> carry(aux) || zero(result);
            case 4 -> sign(result, aux);
            case 5 -> parity(result, aux);
            case 6 -> less(result, aux);
            default -> less(result, aux) || zero(result);
        };
        return holds != ((cc & 1) != 0);
    }

    /** SF differs from OF. */
    public static boolean less(long result, long aux) {
        return (result ^ aux << 63 ^ aux ^ aux << 1) < 0;
    }
}
