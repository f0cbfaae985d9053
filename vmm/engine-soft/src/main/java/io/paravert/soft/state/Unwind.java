package io.paravert.soft.state;

/**
 * Leaves an instruction in the middle, with nothing of it done but what its restart repeats, for a reason that is no exception of
 * the guest's. One object per reason, without state.
 */
@SuppressWarnings("StaticAssignmentOfThrowable") // they have neither stack trace nor cause
public final class Unwind extends RuntimeException {
    /** A device access waits for the monitor; see {@code io.paravert.soft.memory.AccessLog}. */
    public static final Unwind DEVICE_ACCESS = new Unwind();

    /** The instruction is about to overwrite the block that it stands in: run it alone, then decode anew. */
    public static final Unwind OWN_CODE_WRITE = new Unwind();

    /** A repeated instruction has done some of its iterations and lets what is pending go first. */
    public static final Unwind REPEAT = new Unwind();

    /** A LOCK-ed instruction needs the bus lock, which another vCPU holds: it begins again. */
    public static final Unwind BUS_LOCKED = new Unwind();

    private static final long serialVersionUID = 1L;

    private Unwind() {
        super(null, null, false, false);
    }
}
