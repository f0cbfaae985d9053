package io.paravert.devices.ring;

import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.abi.RingCompletionLayout;
import io.paravert.abi.RingFlag;
import io.paravert.abi.RingHeaderLayout;
import io.paravert.abi.RingSubmissionLayout;
import io.paravert.device.GuestAddressException;
import io.paravert.device.GuestMemoryView;
import io.paravert.device.RingService;
import io.paravert.devices.path.IoService;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A ring that is served. On the device's context.
 *
 * <p>Life: SERVING -> BROKEN when the guest breaks the protocol (its status says so and it is touched no more) -> CLOSED;
 * SERVING -> CLOSED.
 */
final class ServedRing implements RingService.Ring {
    /** Operations begun before another ring has its turn. */
    private static final int BATCH = 64;
    /** Operations under way at once; more wait in the ring. Bounds what a guest can make the device remember. */
    private static final int IN_FLIGHT_LIMIT = 1024;

    private enum State {
        SERVING,
        BROKEN,
        CLOSED
    }

    private final RingService.RingRequest request;
    private final RingGeometry geometry;
    private final GuestMemoryView memory;
    private final IoService service;
    private final RingLoop loop;
    private final IdlePolicy idle;
    private final int limit;
    /** All operations made so far; those that are not active are in {@link #free}. */
    private final List<RingOperation> all = new ArrayList<>();

    private RingOperation[] free = new RingOperation[16];
    private int freeCount;
    private State state = State.SERVING;
    private boolean asleep;
    /** The next entry waits until operations have completed. */
    private boolean held;

    private int submissionHead;
    private int submissionTailSeen;
    private int completionTail;
    private int completionHeadSeen;
    private int inFlight;
    /** Completions were written since the guest was last told. */
    private boolean unannounced;

    private @Nullable Promise<Void> quiet;

    ServedRing(
            RingService.RingRequest request,
            RingGeometry geometry,
            GuestMemoryView memory,
            IoService service,
            RingLoop loop) {
        this.request = request;
        this.geometry = geometry;
        this.memory = memory;
        this.service = service;
        this.loop = loop;
        this.idle = IdlePolicies.of(geometry.mode());
        this.limit = Math.min(IN_FLIGHT_LIMIT, geometry.completionEntries());
        putRelease(RingHeaderLayout.SUBMISSION_HEAD_OFFSET, 0);
        putRelease(RingHeaderLayout.SUBMISSION_FLAGS_OFFSET, 0);
        putRelease(RingHeaderLayout.COMPLETION_TAIL_OFFSET, 0);
        putRelease(RingHeaderLayout.STATUS_OFFSET, 0);
    }

    private int getAcquire(int field) {
        return memory.getIntAcquire(geometry.gpa() + field);
    }

    private void putRelease(int field, int value) {
        memory.putIntRelease(geometry.gpa() + field, value);
    }

    IdlePolicy idle() {
        return idle;
    }

    boolean isAwake() {
        return state == State.SERVING && !asleep;
    }

    /** Begins what waits, at most a batch; false if there was nothing to begin. */
    boolean serve() {
        try {
            boolean some = take();
            announce();
            return some;
        } catch (RingException e) {
            breakOff(-PvError.EPROTO);
        } catch (GuestAddressException e) {
            breakOff(-PvError.EFAULT);
        }
        return false;
    }

    private boolean take() {
        int tail = getAcquire(RingHeaderLayout.SUBMISSION_TAIL_OFFSET);
        if (tail == submissionHead && tail == submissionTailSeen) {
            return false;
        }
        checkCounter("submission tail", submissionTailSeen, tail, geometry.submissionEntries());
        checkCounter("submission tail", submissionHead, tail, geometry.submissionEntries());
        submissionTailSeen = tail;
        int begun = 0;
        held = false;
        while (submissionHead != tail && begun < BATCH && state == State.SERVING) {
            if (!takeOne()) {
                held = true;
                break;
            }
            begun++;
        }
        return begun > 0;
    }

    /** A free-running counter moves forward, and no further than its queue is long. */
    private static void checkCounter(String what, int from, int to, int most) {
        if (Integer.compareUnsigned(to - from, most) > 0) {
            throw new RingException(what + " " + Integer.toUnsignedString(to) + " is more than " + most + " ahead of "
                    + Integer.toUnsignedString(from));
        }
    }

    /** Takes the next entry and begins it; false if it has to wait. */
    private boolean takeOne() {
        if (inFlight >= limit) {
            return false;
        }
        if (inFlight + unread() >= geometry.completionEntries()) {
            throw new RingException("more operations than the completion queue has room for");
        }
        RingOperation operation = free();
        long entry = geometry.submissions()
                + (long) (submissionHead & geometry.submissionEntries() - 1) * RingSubmissionLayout.SIZE;
        operation.load(entry);
        if (operation.isBarrier() && inFlight > 0) {
            giveBack(operation);
            return false;
        }
        submissionHead++;
        putRelease(RingHeaderLayout.SUBMISSION_HEAD_OFFSET, submissionHead);
        inFlight++;
        operation.active = true;
        begin(operation);
        return true;
    }

    /** Completions that the guest has not taken. */
    private int unread() {
        if (completionTail - completionHeadSeen + inFlight < geometry.completionEntries()) {
            // There is room even by what was seen last: the guest's line need not be fetched.
            return completionTail - completionHeadSeen;
        }
        int head = getAcquire(RingHeaderLayout.COMPLETION_HEAD_OFFSET);
        checkCounter("completion head", completionHeadSeen, head, completionTail - completionHeadSeen);
        completionHeadSeen = head;
        return completionTail - head;
    }

    private void begin(RingOperation operation) {
        if (!operation.isSound()) {
            operation.complete(-PvError.EINVAL);
        } else if (operation.operation == IoOp.NOP) {
            operation.complete(0);
        } else if (operation.operation == IoOp.CANCEL) {
            operation.complete(cancel(operation));
        } else {
            operation.begin(service);
        }
    }

    private long cancel(RingOperation canceller) {
        for (RingOperation other : all) {
            if (other.active && other != canceller && other.userData == canceller.place) {
                if (!service.cancel(other)) {
                    return -PvError.EBUSY;
                }
                completed(other, -PvError.ECANCELED);
                return 0;
            }
        }
        return -PvError.ENOENT;
    }

    private RingOperation free() {
        if (freeCount > 0) {
            return free[--freeCount];
        }
        RingOperation made = new RingOperation(this, memory);
        all.add(made);
        return made;
    }

    private void giveBack(RingOperation operation) {
        operation.active = false;
        if (freeCount == free.length) {
            free = java.util.Arrays.copyOf(free, 2 * freeCount);
        }
        free[freeCount++] = operation;
    }

    /** An operation is done. */
    void completed(RingOperation operation, long result) {
        inFlight--;
        boolean wanted = operation.wantsCompletion(result);
        long userData = operation.userData;
        int op = operation.operation;
        giveBack(operation);
        if (state == State.SERVING) {
            try {
                if (wanted) {
                    write(userData, op, result);
                }
                if (!loop.isInTurn()) {
                    announce();
                }
            } catch (GuestAddressException e) {
                breakOff(-PvError.EFAULT);
            }
            if (held) {
                held = false;
                wake();
            }
        }
        Promise<Void> waiting = quiet;
        if (waiting != null && inFlight == 0) {
            quiet = null;
            waiting.complete();
        }
    }

    private void write(long userData, int op, long result) {
        long entry = geometry.completions()
                + (long) (completionTail & geometry.completionEntries() - 1) * RingCompletionLayout.SIZE;
        memory.putLong(entry + RingCompletionLayout.USER_DATA_OFFSET, userData);
        memory.putLong(entry + RingCompletionLayout.RESULT_OFFSET, result);
        // Flags are 0 with op and reserved0 behind them: one store.
        memory.putLong(entry + RingCompletionLayout.FLAGS_OFFSET, (long) op << Integer.SIZE);
        memory.putLong(entry + RingCompletionLayout.TIMESTAMP_OFFSET, 0);
        completionTail++;
        putRelease(RingHeaderLayout.COMPLETION_TAIL_OFFSET, completionTail);
        unannounced = true;
    }

    /** Tells the guest of completions if it sleeps. */
    private void announce() {
        if (!unannounced) {
            return;
        }
        unannounced = false;
        // The tail must be out before the flag is read, or both sides could fall asleep.
        VarHandle.fullFence();
        if ((getAcquire(RingHeaderLayout.COMPLETION_FLAGS_OFFSET) & RingFlag.NEED_WAKEUP) != 0) {
            request.completions().raise();
        }
    }

    /** Asks the guest to ring; false if something has come meanwhile. */
    boolean fallAsleep() {
        try {
            if (!held) {
                putRelease(RingHeaderLayout.SUBMISSION_FLAGS_OFFSET, RingFlag.NEED_WAKEUP);
                VarHandle.fullFence();
                if (getAcquire(RingHeaderLayout.SUBMISSION_TAIL_OFFSET) != submissionTailSeen
                        || submissionTailSeen != submissionHead) {
                    putRelease(RingHeaderLayout.SUBMISSION_FLAGS_OFFSET, 0);
                    return false;
                }
            }
            asleep = true;
        } catch (GuestAddressException e) {
            breakOff(-PvError.EFAULT);
        }
        return true;
    }

    private void wake() {
        if (state != State.SERVING) {
            return;
        }
        if (asleep) {
            asleep = false;
            try {
                putRelease(RingHeaderLayout.SUBMISSION_FLAGS_OFFSET, 0);
            } catch (GuestAddressException e) {
                breakOff(-PvError.EFAULT);
                return;
            }
        }
        loop.run();
    }

    private void breakOff(int status) {
        state = State.BROKEN;
        loop.remove(this);
        try {
            putRelease(RingHeaderLayout.STATUS_OFFSET, status);
            request.completions().raise();
        } catch (GuestAddressException e) {
            // The ring's memory is gone: there is nowhere to say so.
            request.completions().raise();
        }
    }

    @Override
    public void doorbell() {
        wake();
    }

    @Override
    public Future<Void> close() {
        state = State.CLOSED;
        loop.remove(this);
        for (RingOperation operation : List.copyOf(all)) {
            if (operation.active && service.cancel(operation)) {
                completed(operation, -PvError.ECANCELED);
            }
        }
        if (inFlight == 0) {
            return Future.succeededFuture();
        }
        Promise<Void> waiting = quiet;
        if (waiting == null) {
            waiting = Promise.promise();
            quiet = waiting;
        }
        return waiting.future();
    }
}
