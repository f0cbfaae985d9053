package io.paravert.soft.semantics;

/**
 * SHL, SHR and SAR of 8, 16, 32 and 64 bits (Intel SDM vol. 2, SAL/SAR/SHL/SHR), with flags as {@link LazyFlags} has them; rotates
 * are in {@code numeric}. Values come in zero-extended; results leave zero-extended. Counts are masked by {@link #maskCount}
 * first; where the masked count is 0, the flags stay and the auxiliary methods must not be called.
 */
public final class Shift {
    private Shift() {}

    /** The count that the processor uses: 6 bits for 64-bit operands, else 5. */
    public static int maskCount(long count, int bits) {
        return (int) count & (bits == 64 ? 63 : 31);
    }

    public static long shl(long a, int count, int bits) {
        return LazyFlags.zeroExtend(a << count, bits);
    }

    /** @param result of {@link #shl} */
    public static long shlAux(long a, int count, long result, int bits) {
        boolean carry = count <= bits && (a >>> (bits - count) & 1) != 0;
        return LazyFlags.withCarryAndOverflow(0, carry, carry != top(result, bits));
    }

    public static long shr(long a, int count) {
        return a >>> count;
    }

    public static long shrAux(long a, int count, int bits) {
        boolean carry = (a >>> (count - 1) & 1) != 0;
        return LazyFlags.withCarryAndOverflow(0, carry, count == 1 && top(a, bits));
    }

    public static long sar(long a, int count, int bits) {
        return LazyFlags.zeroExtend(LazyFlags.signExtend(a, bits) >> count, bits);
    }

    public static long sarAux(long a, int count, int bits) {
        return LazyFlags.withCarryAndOverflow(0, (LazyFlags.signExtend(a, bits) >> (count - 1) & 1) != 0, false);
    }

    private static boolean top(long value, int bits) {
        return (value >>> (bits - 1) & 1) != 0;
    }
}
