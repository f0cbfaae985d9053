package io.paravert.soft.numeric.x87;

import io.paravert.soft.numeric.fp.Unrounded;

/**
 * The x87 of one vCPU: eight registers of 80 bits, whose significands are the MMX registers, control, status and tags, and the
 * pointers to the last instruction. Mutable; belongs to the vCPU's thread. AMD APM vol. 1, 6.2; vol. 2, 11.
 *
 * <p>Glue, for every waiting instruction: raise #NM by CR0, then #MF if {@link #pending}; for every instruction that is not a
 * control instruction: {@link #note}.
 */
public final class X87State {
    public static final int C0 = 1 << 8;
    public static final int C1 = 1 << 9;
    public static final int C2 = 1 << 10;
    public static final int C3 = 1 << 14;
    /** Stack fault. */
    public static final int SF = 1 << 6;
    /** Exception summary; B (bit 15) follows it. */
    public static final int ES = 1 << 7;

    private static final int B = 1 << 15;
    private static final int FLAGS = 0x3f;
    private static final int TOP_SHIFT = 11;
    private static final int WRITABLE_CONTROL = 0x1f7f;

    private final short[] signExponents = new short[8];
    private final long[] significands = new long[8];
    private int control;
    /** Without TOP. */
    private int status;

    private int top;
    /** Bit r: physical register r is not empty. */
    private int occupied;

    private int opcode;
    private int codeSelector;
    private int dataSelector;
    private long instructionPointer;
    private long dataPointer;

    private long stored;
    private int storedHigh;
    private boolean storing;
    final X87Result result = new X87Result();
    final Elementary elementary = new Elementary();
    /** The second operand of an elementary function. */
    final Unrounded second = new Unrounded();

    public X87State() {
        initialize();
    }

    /** FNINIT. Registers keep their contents. */
    public void initialize() {
        control(0x37f);
        status = 0;
        top = 0;
        occupied = 0;
        opcode = 0;
        codeSelector = 0;
        dataSelector = 0;
        instructionPointer = 0;
        dataPointer = 0;
    }

    public int control() {
        return control;
    }

    /** FLDCW: bit 6 reads as one, reserved ones as zero; a change of masks changes ES. */
    public void control(int word) {
        control = word & WRITABLE_CONTROL | 0x40;
        summarize();
    }

    /** The status word, TOP included. */
    public int status() {
        return status | top << TOP_SHIFT;
    }

    /** Writes the status word; ES and B follow from flags and masks. */
    public void status(int word) {
        top = word >> TOP_SHIFT & 7;
        status = word & ~(7 << TOP_SHIFT) & 0xffff;
        summarize();
    }

    /** FNCLEX. */
    public void clearExceptions() {
        status &= ~(FLAGS | SF | ES | B);
    }

    /** Whether an unmasked exception waits for the next waiting instruction: it raises #MF (or IRQ 13 where CR0.NE is clear). */
    public boolean pending() {
        return (status & ES) != 0;
    }

    /** Remembers an instruction for FSTENV and its like; fop: the low three bits of the opcode byte, and ModRM. */
    public void note(int fop, int cs, long ip) {
        opcode = fop & 0x7ff;
        codeSelector = cs;
        instructionPointer = ip;
    }

    /** Remembers the memory operand of the instruction just noted. */
    public void noteData(int ds, long address) {
        dataSelector = ds;
        dataPointer = address;
    }

    public int opcode() {
        return opcode;
    }

    public int codeSelector() {
        return codeSelector;
    }

    public int dataSelector() {
        return dataSelector;
    }

    public long instructionPointer() {
        return instructionPointer;
    }

    public long dataPointer() {
        return dataPointer;
    }

    public int top() {
        return top;
    }

    /** One bit a physical register, set where it is not empty: the tag byte of FXSAVE. */
    public int occupied() {
        return occupied;
    }

    public void occupied(int tagByte) {
        occupied = tagByte & 0xff;
    }

    /** Sign and exponent of physical register r, 16 bits. */
    public int signExponent(int r) {
        return signExponents[r] & 0xffff;
    }

    public long significand(int r) {
        return significands[r];
    }

    /** Writes physical register r and leaves its tag. */
    public void register(int r, int se, long sig) {
        signExponents[r] = (short) se;
        significands[r] = sig;
    }

    /** The full tag word of FSTENV: two bits a physical register, by what it holds. */
    public int tagWord() {
        int word = 0;
        for (int r = 0; r < 8; r++) word |= tag(r) << 2 * r;
        return word;
    }

    private int tag(int r) {
        if ((occupied >> r & 1) == 0) return 3;
        int field = signExponents[r] & Extended.MAX_FIELD;
        long sig = significands[r];
        if (field == 0 && sig == 0) return 1;
        return field == 0 || field == Extended.MAX_FIELD || sig >= 0 ? 2 : 0;
    }

    /** Writes tags from a full tag word: only whether each is empty counts. */
    public void tagWord(int word) {
        int bits = 0;
        for (int r = 0; r < 8; r++) if ((word >> 2 * r & 3) != 3) bits |= 1 << r;
        occupied = bits;
    }

    /** MMX register r. */
    public long mmx(int r) {
        return significands[r];
    }

    /** Writes an MMX register; {@link #enterMmx} has been called for the instruction. */
    public void mmx(int r, long value) {
        significands[r] = value;
        signExponents[r] = -1;
    }

    /** What every MMX instruction but EMMS does to the stack: TOP 0, no register empty. */
    public void enterMmx() {
        top = 0;
        occupied = 0xff;
    }

    /** EMMS. */
    public void emms() {
        top = 0;
        occupied = 0;
    }

    // What follows is for the instructions in this package.

    int physical(int i) {
        return top + i & 7;
    }

    boolean isEmpty(int i) {
        return (occupied >> physical(i) & 1) == 0;
    }

    int se(int i) {
        return signExponents[physical(i)] & 0xffff;
    }

    long sig(int i) {
        return significands[physical(i)];
    }

    /** Writes ST(i) and marks it not empty. */
    void write(int i, int se, long sig) {
        int r = physical(i);
        signExponents[r] = (short) se;
        significands[r] = sig;
        occupied |= 1 << r;
    }

    void free(int i) {
        occupied &= ~(1 << physical(i));
    }

    void rotate(int by) {
        top = top + by & 7;
    }

    void pop() {
        free(0);
        rotate(1);
    }

    /** Begins an arithmetic instruction: no exceptions yet. Changes nothing architectural. */
    X87Result begin() {
        result.begin(control);
        return result;
    }

    /** Makes what the instruction raised sticky, and C1 what rounding did. */
    void conclude() {
        status = status & ~C1 | result.raised;
        if (result.roundedUp) status |= C1;
        summarize();
    }

    void conditions(int bits) {
        status = status & ~(C0 | C2 | C3) | bits;
    }

    /** What a complete reduction does where it sets no other condition. */
    void clearC2() {
        status &= ~C2;
    }

    /** Reduction incomplete, or an angle out of range. */
    void setC2() {
        status |= C2;
    }

    void c1(boolean set) {
        status = set ? status | C1 : status & ~C1;
    }

    boolean masked(int flag) {
        return (control & flag) != 0;
    }

    /**
     * A stack fault: IE and SF, C1 telling overflow (1) from underflow (0).
     *
     * @return whether it is masked, so that the instruction goes on with the indefinite NaN
     */
    boolean stackFault(boolean overflow) {
        result.raised |= X87Result.IE | SF;
        result.roundedUp = overflow;
        return masked(X87Result.IE);
    }

    /** What the store just prepared writes: the low 64 bits. */
    public long stored() {
        return stored;
    }

    /** What the store just prepared writes beyond 64 bits: sign and exponent, or the two high digits and the sign of a BCD. */
    public int storedHigh() {
        return storedHigh;
    }

    /** Ends a store that {@link X87Store} prepared, after its memory was written (or was not to be). */
    public void finishStore(boolean pop) {
        if (storing && pop) pop();
        conclude();
    }

    /** Notes what a store writes; IE, OE and UE keep it from memory if they are unmasked. */
    boolean prepareStore(long low, int high) {
        stored = low;
        storedHigh = high;
        storing = (result.raised & ~control & (X87Result.IE | X87Result.OE | X87Result.UE)) == 0;
        if (!storing) {
            result.raised &= ~X87Result.PE;
            result.roundedUp = false;
        }
        return storing;
    }

    /** Whether an unmasked exception keeps the operation from being made; then rounding has not been done either. */
    boolean refused() {
        if (!result.refused()) return false;
        result.raised &= X87Result.BEFORE_COMPUTATION | SF;
        result.roundedUp = false;
        return true;
    }

    /** Ends an instruction whose result goes to ST(i): writes it and pops, unless an unmasked exception refuses. */
    void deliver(int i, boolean pop) {
        if (!refused()) {
            write(i, result.signExponent, result.significand);
            if (pop) pop();
        }
        conclude();
    }

    /** Ends an instruction that found an empty register: the indefinite NaN goes to ST(i) if that is masked. */
    void deliverUnderflow(int i, boolean pop) {
        if (stackFault(false)) {
            write(i, Extended.INDEFINITE_SE, Extended.INDEFINITE);
            if (pop) pop();
        }
        conclude();
    }

    /** Ends an instruction whose result is pushed. */
    void push() {
        if (!isEmpty(7)) {
            if (stackFault(true)) pushValue(Extended.INDEFINITE_SE, Extended.INDEFINITE);
        } else if (!refused()) {
            pushValue(result.signExponent, result.significand);
        }
        conclude();
    }

    void pushValue(int se, long sig) {
        rotate(-1);
        write(0, se, sig);
    }

    private void summarize() {
        boolean set = (status & ~control & FLAGS) != 0;
        status = set ? status | ES | B : status & ~(ES | B);
    }
}
