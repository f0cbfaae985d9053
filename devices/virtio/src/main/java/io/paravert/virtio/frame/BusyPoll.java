package io.paravert.virtio.frame;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long a device whose queue is empty looks for more before it asks to be notified. Two goals compete: a notification costs
 * the guest a trap, and a core must not burn for a guest that has nothing to say. So the time doubles when something came
 * meanwhile and halves when nothing did, and there is none for a while after a look that came late: then another thread had the
 * core, which the guest may need. On the device's context.
 */
final class BusyPoll {
    /** No point in polling when the guest has no core to run on meanwhile. */
    private static final boolean ONE_CORE = Runtime.getRuntime().availableProcessors() == 1;

    private static final long SHORTEST = 2_000;
    /** Of each wait this is spun, the rest yielded: the guest may need this very core. ns. */
    private static final long SPUN = 20_000;
    /** What is polled at a stretch, ns; then the device's other events are heard. */
    private static final long STRETCH = 50_000;

    /** Between two looks, ns: a look takes well under a microsecond, a time slice that another thread has some milliseconds. */
    private static final long LATE = 500_000;

    private static final long CALM = 100_000_000;

    private final LongSupplier clock;
    private final long longest;
    private long limit;
    private boolean idle;
    private long idleSince;
    private long lastLook;
    private boolean calm;
    private long calmSince;

    /** What to do about an empty queue. */
    enum Step {
        LOOK,
        /** Let others on this thread have their turn, then look. */
        LATER,
        SLEEP
    }

    /** @param clock ns, from any point on */
    BusyPoll(Duration longest, LongSupplier clock) {
        this.longest = longest.toNanos();
        this.limit = this.longest;
        this.clock = clock;
    }

    static BusyPoll of(Duration longest) {
        return new BusyPoll(ONE_CORE ? Duration.ZERO : longest, System::nanoTime);
    }

    /** Now, as {@link #next} takes it. */
    long now() {
        return clock.getAsLong();
    }

    /** True once for each time that the queue runs empty: what was used so far must be announced before anything is waited for. */
    boolean begins() {
        if (longest == 0 || idle) {
            return false;
        }
        idle = true;
        idleSince = now();
        lastLook = idleSince;
        return true;
    }

    /** @param from when this turn began, {@link #now} */
    Step next(long from) {
        if (longest == 0) {
            return Step.SLEEP;
        }
        long now = now();
        long waited = now - idleSince;
        if (now - lastLook > LATE) {
            calm = true;
            calmSince = now;
        } else if (calm && now - calmSince > CALM) {
            calm = false;
        }
        lastLook = now;
        if (calm || waited >= limit) {
            limit = Math.max(Math.min(SHORTEST, longest), limit / 2);
            idle = false;
            return Step.SLEEP;
        }
        if (now - from >= STRETCH) {
            return Step.LATER;
        }
        if (waited < SPUN) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
        return Step.LOOK;
    }

    /** There was a request. */
    void found() {
        if (idle) {
            idle = false;
            limit = Math.min(longest, limit * 2);
        }
    }
}
