package io.paravert.soft.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What asks a vCPU to look up from its guest code: a word that its loop polls at every block's end. Raising is for any thread,
 * the rest for the vCPU's own.
 */
public final class Pending {
    /** Leave {@code run} with INTERRUPTED. */
    public static final int KICK = 1;
    /** An external interrupt waits to be delivered, or for RFLAGS.IF. */
    public static final int INTERRUPT = 1 << 1;
    /** The monitor wants to know when RFLAGS.IF is set. */
    public static final int WINDOW = 1 << 2;
    /** An instruction that has retired asked for an exit to the monitor. */
    public static final int EXIT = 1 << 3;
    /** Single step: RFLAGS.TF, armed instruction breakpoints, or the monitor's wish. */
    public static final int STEP = 1 << 4;
    /** Another thread has posted to this vCPU's mailbox. */
    public static final int MAIL = 1 << 5;
    /** The next instruction is in the shadow of STI, MOV SS or POP SS. */
    public static final int SHADOW = 1 << 6;
    /** A debug trap is due after the instruction that just retired. */
    public static final int DEBUG_TRAP = 1 << 7;
    /** Non-maskable interrupt. */
    public static final int NMI = 1 << 8;
    /** INIT or SIPI has come. */
    public static final int SIGNAL = 1 << 9;

    /** Nothing to attend to: in metered time translated code comes back at its polls. */
    public static final int METER = 1 << 10;

    /** Somebody waits for guest code to stand still; see {@code io.paravert.soft.memory.BusLock}. */
    public static final int STOP = 1 << 11;

    private static final VarHandle BITS;

    static {
        try {
            BITS = MethodHandles.lookup().findVarHandle(Pending.class, "bits", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("UnusedVariable") // written through BITS
    private volatile int bits;

    /** Any of the bits. Not through BITS: code that the JVM still interprets polls too, and would take a dozen calls. */
    public int poll() {
        return bits;
    }

    public void raise(int bit) {
        BITS.getAndBitwiseOr(this, bit);
    }

    public void clear(int bit) {
        BITS.getAndBitwiseAnd(this, ~bit);
    }

    /** Clears the bit and says whether it was set. */
    public boolean take(int bit) {
        return ((int) BITS.getAndBitwiseAnd(this, ~bit) & bit) != 0;
    }
}
