package io.paravert.soft.numeric.simd;

import static io.paravert.soft.numeric.simd.Swar.HIGH_B;
import static io.paravert.soft.numeric.simd.Swar.HIGH_D;
import static io.paravert.soft.numeric.simd.Swar.HIGH_W;

/** Packed addition, subtraction, average, absolute value and sign (WORD), horizontal addition (PAIR). AMD APM vol. 4 and 5. */
public final class PackedAdd {
    private PackedAdd() {}

    public static long paddb(long a, long b) {
        return Swar.add(a, b, HIGH_B);
    }

    public static long paddw(long a, long b) {
        return Swar.add(a, b, HIGH_W);
    }

    public static long paddd(long a, long b) {
        return Swar.add(a, b, HIGH_D);
    }

    public static long paddq(long a, long b) {
        return a + b;
    }

    public static long psubb(long a, long b) {
        return Swar.sub(a, b, HIGH_B);
    }

    public static long psubw(long a, long b) {
        return Swar.sub(a, b, HIGH_W);
    }

    public static long psubd(long a, long b) {
        return Swar.sub(a, b, HIGH_D);
    }

    public static long psubq(long a, long b) {
        return a - b;
    }

    public static long paddusb(long a, long b) {
        return addUnsigned(a, b, HIGH_B, 8);
    }

    public static long paddusw(long a, long b) {
        return addUnsigned(a, b, HIGH_W, 16);
    }

    public static long psubusb(long a, long b) {
        return subUnsigned(a, b, HIGH_B, 8);
    }

    public static long psubusw(long a, long b) {
        return subUnsigned(a, b, HIGH_W, 16);
    }

    public static long paddsb(long a, long b) {
        return addSigned(a, b, HIGH_B, 8);
    }

    public static long paddsw(long a, long b) {
        return addSigned(a, b, HIGH_W, 16);
    }

    public static long psubsb(long a, long b) {
        return subSigned(a, b, HIGH_B, 8);
    }

    public static long psubsw(long a, long b) {
        return subSigned(a, b, HIGH_W, 16);
    }

    public static long pavgb(long a, long b) {
        return (a | b) - (((a ^ b) & ~Swar.repeat(1, HIGH_B, 8)) >>> 1);
    }

    public static long pavgw(long a, long b) {
        return (a | b) - (((a ^ b) & ~Swar.repeat(1, HIGH_W, 16)) >>> 1);
    }

    /** Unary: the source is b. */
    public static long pabsb(long a, long b) {
        return negateWhere(Swar.spread(b, HIGH_B, 8), b, HIGH_B);
    }

    /** Unary: the source is b. */
    public static long pabsw(long a, long b) {
        return negateWhere(Swar.spread(b, HIGH_W, 16), b, HIGH_W);
    }

    /** Unary: the source is b. */
    public static long pabsd(long a, long b) {
        return negateWhere(Swar.spread(b, HIGH_D, 32), b, HIGH_D);
    }

    public static long psignb(long a, long b) {
        return sign(a, b, HIGH_B, 8);
    }

    public static long psignw(long a, long b) {
        return sign(a, b, HIGH_W, 16);
    }

    public static long psignd(long a, long b) {
        return sign(a, b, HIGH_D, 32);
    }

    /** PAIR: sums of neighbours of lo, then of hi. */
    public static long phaddw(long lo, long hi) {
        return Swar.add(evenWords(lo, hi), oddWords(lo, hi), HIGH_W);
    }

    /** PAIR. */
    public static long phsubw(long lo, long hi) {
        return Swar.sub(evenWords(lo, hi), oddWords(lo, hi), HIGH_W);
    }

    /** PAIR. */
    public static long phaddsw(long lo, long hi) {
        return paddsw(evenWords(lo, hi), oddWords(lo, hi));
    }

    /** PAIR. */
    public static long phsubsw(long lo, long hi) {
        return psubsw(evenWords(lo, hi), oddWords(lo, hi));
    }

    /** PAIR. */
    public static long phaddd(long lo, long hi) {
        return ((lo + (lo >>> 32)) & 0xffff_ffffL) | ((hi + (hi >>> 32)) << 32);
    }

    /** PAIR. */
    public static long phsubd(long lo, long hi) {
        return ((lo - (lo >>> 32)) & 0xffff_ffffL) | ((hi - (hi >>> 32)) << 32);
    }

    private static long evenWords(long lo, long hi) {
        return pairUp(lo) | pairUp(hi) << 32;
    }

    private static long oddWords(long lo, long hi) {
        return pairUp(lo >>> 16) | pairUp(hi >>> 16) << 32;
    }

    private static long pairUp(long w) {
        return (w & 0xffff) | (w >>> 16 & 0xffff_0000L);
    }

    private static long addUnsigned(long a, long b, long high, int bits) {
        long sum = Swar.add(a, b, high);
        return sum | Swar.spread((a & b) | ((a | b) & ~sum), high, bits);
    }

    private static long subUnsigned(long a, long b, long high, int bits) {
        return Swar.sub(a, b, high) & Swar.spread(Swar.atLeast(a, b, high), high, bits);
    }

    private static long addSigned(long a, long b, long high, int bits) {
        long sum = Swar.add(a, b, high);
        return saturate(sum, ~(a ^ b) & (a ^ sum), a, high, bits);
    }

    private static long subSigned(long a, long b, long high, int bits) {
        long difference = Swar.sub(a, b, high);
        return saturate(difference, (a ^ b) & (a ^ difference), a, high, bits);
    }

    /** Where {@code overflow} has its sign bit set: the extreme on the side of {@code a}. */
    private static long saturate(long value, long overflow, long a, long high, int bits) {
        long extreme = ~high + ((a & high) >>> (bits - 1));
        return Swar.select(Swar.spread(overflow, high, bits), extreme, value);
    }

    private static long negateWhere(long mask, long value, long high) {
        return Swar.sub(value ^ mask, mask, high);
    }

    private static long sign(long a, long b, long high, int bits) {
        long signed = negateWhere(Swar.spread(b, high, bits), a, high);
        return signed & ~Swar.spread(Swar.zeros(b, high), high, bits);
    }
}
