package io.paravert.vmm.bus;

import io.vertx.core.Future;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to a device and its answer on the way back. It travels as the body of a bus message, as itself, and
 * is answered in place: a reply message would go through a third thread (the reply's event loop), which costs more than all
 * the rest.
 *
 * <p>Life: WAITING -> ANSWERING -> ANSWERED by whoever completes it first, or WAITING -> ABANDONED by the vCPU that gave up.
 */
abstract class Exchange {
    private static final int WAITING = 0;
    /** The one answer is being written. */
    private static final int ANSWERING = 1;

    private static final int ANSWERED = 2;
    private static final int ABANDONED = 3;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Exchange.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final boolean posted;
    private final long sentAt = System.nanoTime();
    private volatile int state;
    private volatile @Nullable Thread sleeper;
    private long result;
    /** Where it stands among those in flight; see {@link InFlight}. */
    private int slot = -1;

    Exchange(boolean posted) {
        this.posted = posted;
    }

    /** Asks the device; on its context. May throw whatever the device throws. */
    abstract Future<Long> ask();

    /** What the vCPU gets when the device fails the request: the negative error, or all-ones for a load. */
    long failure(int error) {
        return -error;
    }

    /** For the log: "read of port 0x60". */
    abstract String describe();

    /** True if no vCPU waits. */
    boolean isPosted() {
        return posted;
    }

    long sentAt() {
        return sentAt;
    }

    boolean isAnswered() {
        return state == ANSWERED;
    }

    boolean isAbandoned() {
        return state == ABANDONED;
    }

    /** Answers and wakes whoever sleeps; false if it was answered or abandoned before. */
    boolean answer(long value) {
        if (!STATE.compareAndSet(this, WAITING, ANSWERING)) {
            return false;
        }
        result = value;
        state = ANSWERED;
        Thread thread = sleeper;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
        return true;
    }

    /** Gives up; false if the answer came just in time, and then it is there. */
    boolean abandon() {
        if (STATE.compareAndSet(this, WAITING, ABANDONED)) {
            return true;
        }
        while (state == ANSWERING) {
            Thread.onSpinWait();
        }
        return state == ABANDONED;
    }

    /** Once answered. */
    long result() {
        return result;
    }

    /** Before parking; the state must be looked at again afterwards. */
    void setSleeper(Thread thread) {
        sleeper = thread;
    }

    int slot() {
        return slot;
    }

    void setSlot(int slot) {
        this.slot = slot;
    }
}
