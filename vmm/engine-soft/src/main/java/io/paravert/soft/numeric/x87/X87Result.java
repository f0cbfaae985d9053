package io.paravert.soft.numeric.x87;

import io.paravert.soft.numeric.fp.Format;
import io.paravert.soft.numeric.fp.Unrounded;

/**
 * Where an x87 operation leaves its result: a value, the exceptions that it raised, and whether rounding went up (C1). It also
 * carries the control word that rules the operation. Mutable; one per {@link X87State}.
 */
public final class X87Result {
    static final int IE = 1;
    static final int DE = 1 << 1;
    static final int ZE = 1 << 2;
    static final int OE = 1 << 3;
    static final int UE = 1 << 4;
    static final int PE = 1 << 5;
    /** What keeps an operation from being made, if unmasked. */
    static final int BEFORE_COMPUTATION = IE | DE | ZE;

    /** What an unmasked overflow or underflow adds to or takes from the exponent. */
    private static final int WRAP = 24576;

    int signExponent;
    long significand;
    int raised;
    boolean roundedUp;
    /** A memory operand was denormal in its own format, though the extended format holds it normalized. */
    boolean denormalSource;

    final Unrounded unrounded = new Unrounded();
    private int control;

    void begin(int controlWord) {
        control = controlWord;
        raised = 0;
        roundedUp = false;
        denormalSource = false;
    }

    /** RC as {@link Format#increment} takes it: 0 nearest, 1 down, 2 up, 3 towards zero. */
    int rounding() {
        return control >> 10 & 3;
    }

    /** Bits of significand that PC allows: 24, 53 or 64. */
    int precision() {
        int pc = control >> 8 & 3;
        return pc == 0 ? 24 : pc == 2 ? 53 : 64;
    }

    boolean masked(int flag) {
        return (control & flag) != 0;
    }

    /** Whether an unmasked exception keeps the operation from being made. */
    boolean refused() {
        return (raised & ~control & BEFORE_COMPUTATION) != 0;
    }

    void set(int se, long sig) {
        signExponent = se;
        significand = sig;
    }

    void raise(int flags) {
        raised |= flags;
    }

    void zero(boolean negative) {
        set(Extended.sign(negative), 0);
    }

    void infinity(boolean negative) {
        set(Extended.sign(negative) | Extended.MAX_FIELD, Extended.INTEGER_BIT);
    }

    void invalid() {
        raise(IE);
        set(Extended.INDEFINITE_SE, Extended.INDEFINITE);
    }

    /** Rounds {@link #unrounded} to that many bits; raises OE, UE, PE; sets {@link #roundedUp}. */
    void round(int precision) {
        Unrounded u = unrounded;
        if (u.exponent < Extended.MIN_EXPONENT) {
            roundTiny(precision);
            return;
        }
        roundNormal(precision, 0);
    }

    /** @param wrap what to add to the exponent: the exponent itself is then known to be right */
    private void roundNormal(int precision, int wrap) {
        Unrounded u = unrounded;
        int exponent = u.exponent;
        long sig = roundSignificand(precision, u.high, u.low);
        if (sig == 0) { // carried out of the top
            sig = Extended.INTEGER_BIT;
            exponent++;
        }
        if (exponent > Extended.BIAS && wrap == 0) {
            overflow(precision, exponent, sig);
            return;
        }
        wrapped(u.negative, exponent + Extended.BIAS + wrap, sig);
    }

    /** What FSCALE brought beyond the wrapped range, too, becomes a zero or an infinity. */
    private void wrapped(boolean negative, int field, long sig) {
        if (field <= 0) {
            raise(PE);
            zero(negative);
        } else if (field >= Extended.MAX_FIELD) {
            raise(PE);
            roundedUp = true;
            infinity(negative);
        } else set(Extended.sign(negative) | field, sig);
    }

    /** Rounds to the top bits of {@code high}; raises PE; zero says that a carry left the word. */
    private long roundSignificand(int precision, long high, long low) {
        int drop = 64 - precision;
        long kept = high >>> drop;
        long below = drop == 0 ? low : high << precision;
        long rest = drop == 0 ? 0 : low;
        if ((below | rest) == 0) return high;
        raise(PE);
        if (Format.increment(rounding(), unrounded.negative, kept, below, rest)) {
            roundedUp = true;
            kept++;
        }
        return kept << drop;
    }

    private void overflow(int precision, int exponent, long sig) {
        boolean negative = unrounded.negative;
        raise(OE);
        if (!masked(OE)) {
            wrapped(negative, exponent + Extended.BIAS - WRAP, sig);
            return;
        }
        raise(PE);
        int mode = rounding();
        roundedUp = mode == 0 || mode == (negative ? 1 : 2);
        if (roundedUp) infinity(negative);
        else set(Extended.sign(negative) | Extended.MAX_FIELD - 1, -1L << 64 - precision);
    }

    private void roundTiny(int precision) {
        Unrounded u = unrounded;
        int drop = 64 - precision;
        long below = drop == 0 ? u.low : u.high << precision;
        long rest = drop == 0 ? 0 : u.low;
        boolean reaches = u.exponent == Extended.MIN_EXPONENT - 1
                && u.high >>> drop == -1L >>> drop
                && (below | rest) != 0
                && Format.increment(rounding(), u.negative, 1, below, rest);
        if (!reaches && !masked(UE)) {
            raise(UE);
            roundNormal(precision, WRAP);
            return;
        }
        int shift = Extended.MIN_EXPONENT - u.exponent;
        long high = shift >= 64 ? 0 : u.high >>> shift;
        long low = shift > 64 ? 1 : shift == 64 ? u.high | sticky(u.low) : u.low >>> shift | u.high << 64 - shift;
        if (shift < 64) low |= sticky(u.low << 64 - shift);
        long sig = roundSignificand(precision, high, low);
        if ((raised & PE) != 0 && !reaches) raise(UE);
        set(Extended.sign(u.negative) | (sig < 0 ? 1 : 0), sig);
    }

    private static long sticky(long lost) {
        return lost != 0 ? 1 : 0;
    }
}
