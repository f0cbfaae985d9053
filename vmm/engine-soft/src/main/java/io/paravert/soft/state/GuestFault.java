package io.paravert.soft.state;

/**
 * An exception of the guest's, raised in the middle of an instruction: unwinds to the interpreter's loop, which restores RIP and
 * delivers it. One object per vCPU, filled anew by each use, so that a fault allocates nothing.
 */
public final class GuestFault extends RuntimeException {
    /** Stands for #SS(0) or #GP(0), whichever the access's segment makes of a non-canonical address. */
    public static final int NON_CANONICAL = -1;

    private static final long serialVersionUID = 1L;

    private int vector;
    private int errorCode;

    GuestFault() {
        super(null, null, false, false);
    }

    GuestFault set(int newVector, int newErrorCode) {
        vector = newVector;
        errorCode = newErrorCode;
        return this;
    }

    /** Exception vector, or {@link #NON_CANONICAL}. */
    public int vector() {
        return vector;
    }

    /** 0 for vectors without one. */
    public int errorCode() {
        return errorCode;
    }

    @Override
    public String getMessage() {
        return "guest exception " + vector + ", error code 0x" + Integer.toHexString(errorCode);
    }
}
