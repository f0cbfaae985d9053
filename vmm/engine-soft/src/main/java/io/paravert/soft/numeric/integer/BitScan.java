package io.paravert.soft.numeric.integer;

import static io.paravert.soft.numeric.integer.Flags.CF;
import static io.paravert.soft.numeric.integer.Flags.ZF;

/** BSF, BSR, TZCNT, LZCNT, POPCNT. */
public final class BitScan {
    private BitScan() {}

    /** @param destination what the destination held: its value when the source is zero (AMD APM vol. 3, BSF) */
    public static long bsf(long source, int bits, long destination) {
        long s = source & Flags.mask(bits);
        return s == 0 ? destination : Long.numberOfTrailingZeros(s);
    }

    /** As {@link #bsf}. */
    public static long bsr(long source, int bits, long destination) {
        long s = source & Flags.mask(bits);
        return s == 0 ? destination : 63 - Long.numberOfLeadingZeros(s);
    }

    /**
     * Flags of BSF and BSR: ZF says that the source was zero. Undefined, as Zen leaves them: PF is the parity of the index (of
     * zero where there is none), the others are clear.
     *
     * @param index the result, when the source is not zero
     */
    public static int scanFlags(long source, long index, int bits, int old) {
        boolean none = (source & Flags.mask(bits)) == 0;
        return old & ~Flags.ARITHMETIC | (none ? ZF | Flags.PF : Flags.parity(index));
    }

    public static long tzcnt(long source, int bits) {
        return Math.min(Long.numberOfTrailingZeros(source), bits);
    }

    public static long lzcnt(long source, int bits) {
        return Long.numberOfLeadingZeros(source & Flags.mask(bits)) - (64 - bits);
    }

    /** Flags of TZCNT and LZCNT: CF says that the source was zero, ZF that the result is. Undefined: OF keeps its value, the others are clear. */
    public static int countFlags(long source, long result, int bits, int old) {
        int f = old & ~(Flags.ARITHMETIC & ~Flags.OF);
        return f | ((source & Flags.mask(bits)) == 0 ? CF : 0) | (result == 0 ? ZF : 0);
    }

    public static long popcnt(long source, int bits) {
        return Long.bitCount(source & Flags.mask(bits));
    }

    /** ZF says that the source was zero; the other arithmetic flags are cleared. */
    public static int popcntFlags(long source, int bits, int old) {
        return old & ~Flags.ARITHMETIC | ((source & Flags.mask(bits)) == 0 ? ZF : 0);
    }
}
