package io.paravert.soft.numeric.fp;

/**
 * The MXCSR register of one vCPU, and the exceptions that the instruction under way has raised so far. Mutable; belongs to the
 * vCPU's thread. AMD APM vol. 1, 4.2.2.
 */
public final class Mxcsr {
    public static final int IE = 1;
    public static final int DE = 1 << 1;
    public static final int ZE = 1 << 2;
    public static final int OE = 1 << 3;
    public static final int UE = 1 << 4;
    public static final int PE = 1 << 5;
    public static final int DAZ = 1 << 6;
    /** From a flag's position to its mask's. */
    public static final int MASK_SHIFT = 7;

    public static final int FTZ = 1 << 15;
    public static final int INITIAL = 0x1f80;
    /** Bits that LDMXCSR accepts; any other is #GP. Also MXCSR_MASK in the FXSAVE image. */
    public static final int WRITABLE = 0xffff;

    public static final int NEAREST = 0;
    public static final int DOWN = 1;
    public static final int UP = 2;
    public static final int ZERO = 3;

    private static final int FLAGS = 0x3f;
    private static final int BEFORE_COMPUTATION = IE | DE | ZE;
    private static final int MASKS_AND_RC = 0x7f80;

    private int value = INITIAL;
    private int raised;
    /** Where results stand between computation and rounding. */
    final Unrounded unrounded = new Unrounded();

    /** The register. */
    public int value() {
        return value;
    }

    /** Writes the register; the caller has refused bits outside {@link #WRITABLE}. */
    public void value(int newValue) {
        value = newValue & WRITABLE;
    }

    /** Begins an instruction. */
    public void begin() {
        raised = 0;
    }

    /**
     * Ends an instruction: makes what it raised sticky. An unmasked IE, DE or ZE keeps the others of its operands from being
     * computed, so that OE, UE and PE are then not reported.
     *
     * @return whether it raises #XM and so must not write its result
     */
    public boolean commit() {
        int unmasked = raised & ~(value >> MASK_SHIFT) & FLAGS;
        if ((unmasked & BEFORE_COMPUTATION) != 0) raised &= BEFORE_COMPUTATION;
        value |= raised;
        return unmasked != 0;
    }

    /** Exceptions of the instruction under way. */
    public int raised() {
        return raised;
    }

    public void raise(int flags) {
        raised |= flags;
    }

    /** RC: {@link #NEAREST}, {@link #DOWN}, {@link #UP} or {@link #ZERO}. */
    public int rounding() {
        return value >> 13 & 3;
    }

    boolean masked(int flag) {
        return (value & flag << MASK_SHIFT) != 0;
    }

    boolean daz() {
        return (value & DAZ) != 0;
    }

    boolean ftz() {
        return (value & FTZ) != 0;
    }

    /** {@link #isPlain}, and PE is set already: arithmetic on normal numbers has nothing to raise. */
    public boolean isUsual() {
        return (value & (MASKS_AND_RC | PE)) == (INITIAL | PE);
    }

    /** All exceptions masked and rounding to nearest: Java's arithmetic, if nothing but PE can be raised. */
    public boolean isPlain() {
        return (value & MASKS_AND_RC) == INITIAL;
    }

    /** PE is set already, so that exactness need not be known. */
    public boolean isInexactKnown() {
        return (value & PE) != 0;
    }
}
