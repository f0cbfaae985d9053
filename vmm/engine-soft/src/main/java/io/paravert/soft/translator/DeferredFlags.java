package io.paravert.soft.translator;

import static io.paravert.soft.semantics.LazyFlags.signExtend;

import io.paravert.soft.numeric.integer.Flags;
import io.paravert.soft.numeric.integer.MulDiv;
import io.paravert.soft.semantics.LazyFlags;
import io.paravert.soft.semantics.Shift;
import io.paravert.soft.state.Cpu;

/**
 * Status flags inside a region: a <em>kind</em>, which says what instruction made them, and its operands {@code a} and {@code b}.
 * Copies of locals cost nothing; the pair of {@link LazyFlags} is made from them where somebody reads it, or where the region is
 * left. Generated code calls these with a constant kind mostly, so that HotSpot keeps one branch of each switch.
 */
final class DeferredFlags {
    /** {@code a} and {@code b} are LazyFlags' result and auxiliary word. */
    static final int SETTLED = 0;
    /** Operations; a kind is one of these plus the logarithm of the operand's size in bytes. */
    static final int ADD = 4;

    static final int SUB = 8;
    /** {@code a} is the result. */
    static final int LOGIC = 12;
    /** {@code b}: auxiliary word before. */
    static final int INC = 16;

    static final int DEC = 20;
    /** {@code b}: the count, not 0; {@code a} zero-extended. */
    static final int SHL = 24;

    static final int SHR = 28;
    static final int SAR = 32;

    private static final int SIZE = 3;

    private DeferredFlags() {}

    static int kind(int operation, int bits) {
        return operation + Integer.numberOfTrailingZeros(bits >> 3);
    }

    static int operation(int kind) {
        return kind & ~SIZE;
    }

    static int bits(int kind) {
        return 8 << (kind & SIZE);
    }

    static long result(int kind, long a, long b) {
        int bits = 8 << (kind & SIZE);
        return switch (kind & ~SIZE) {
            case ADD -> signExtend(a + b, bits);
            case SUB -> signExtend(a - b, bits);
            case LOGIC -> signExtend(a, bits);
            case INC -> signExtend(a + 1, bits);
            case DEC -> signExtend(a - 1, bits);
            case SHL -> signExtend(Shift.shl(a, (int) b, bits), bits);
            case SHR -> signExtend(Shift.shr(a, (int) b), bits);
            case SAR -> signExtend(Shift.sar(a, (int) b, bits), bits);
            default -> a;
        };
    }

    static long aux(int kind, long a, long b) {
        int bits = 8 << (kind & SIZE);
        return switch (kind & ~SIZE) {
            case ADD -> LazyFlags.addAux(a, b, a + b, bits);
            case SUB -> LazyFlags.subAux(a, b, a - b, bits);
            case LOGIC -> 0;
            case INC -> LazyFlags.incAux(b, a, a + 1, bits);
            case DEC -> LazyFlags.decAux(b, a, a - 1, bits);
            case SHL -> Shift.shlAux(a, (int) b, Shift.shl(a, (int) b, bits), bits);
            case SHR -> Shift.shrAux(a, (int) b, bits);
            case SAR -> Shift.sarAux(a, (int) b, bits);
            default -> b;
        };
    }

    static boolean condition(int cc, int kind, long a, long b) {
        return LazyFlags.condition(cc, result(kind, a, b), aux(kind, a, b));
    }

    /** CF as 0 or 1. */
    static long carry(int kind, long a, long b) {
        return aux(kind, a, b) >>> 63;
    }

    static int status(int kind, long a, long b) {
        return LazyFlags.toRflags(result(kind, a, b), aux(kind, a, b));
    }

    /** Gives the flags to the processor's state. */
    static void settle(Cpu cpu, int kind, long a, long b) {
        cpu.flagResult = result(kind, a, b);
        cpu.flagAux = aux(kind, a, b);
    }

    static long addAux(long a, long b, long result, int bits) {
        return LazyFlags.addAux(a, b, result, bits);
    }

    static long subAux(long a, long b, long result, int bits) {
        return LazyFlags.subAux(a, b, result, bits);
    }

    /** Auxiliary word after a signed product of operands of 32 or 64 bits. */
    static long imulAux(long a, long b, int bits) {
        return LazyFlags.productAux((MulDiv.imulFlags(a, b, bits, 0) & Flags.CF) != 0);
    }

    static long mulAux(long a, long b, int bits) {
        return LazyFlags.productAux((MulDiv.mulFlags(a, b, bits, 0) & Flags.CF) != 0);
    }

    static long mulHigh(long a, long b) {
        return MulDiv.mulHigh(a, b);
    }

    /** Auxiliary word after ROL, which made {@code result}; {@code aux} if the count is 0 after masking. CF is the lowest bit, OF that xor the highest. */
    static long rolAux(long aux, long result, int count, int bits) {
        long word = result << 63 | result << 64 - bits >>> 1 & 1L << 62;
        return Shift.maskCount(count, bits) == 0 ? aux : LazyFlags.withHighBits(aux, word);
    }

    /** As {@link #rolAux}, after ROR: CF is the highest bit, OF that xor the next one. */
    static long rorAux(long aux, long result, int count, int bits) {
        return Shift.maskCount(count, bits) == 0 ? aux : LazyFlags.withHighBits(aux, result << 64 - bits);
    }

    /** Auxiliary word with CF replaced by the lowest bit of {@code bit}. */
    static long withCarry(long aux, long bit) {
        return LazyFlags.withCarry(aux, (bit & 1) != 0);
    }
}
