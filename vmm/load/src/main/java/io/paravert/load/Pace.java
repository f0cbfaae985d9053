package io.paravert.load;

import io.paravert.abi.CallRange;
import io.paravert.device.Device;
import io.paravert.device.DeviceSite;
import io.paravert.device.Isolation;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The device by which one guest is driven. Before each operation the guest asks it what to do, and with that says how the one
 * before ended: so both ends of an operation are seen by one clock, on the vCPU's thread.
 *
 * <p>At a rate, an operation's latency counts from the moment at which it was due, not from when the guest came to it: an
 * operation that waits behind a slow one is slow itself (no coordinated omission).
 */
final class Pace implements Device {
    /** The call by which the guest asks: the result of its last operation in, ns to wait, 0 to go on or -1 to end out. */
    static final int NEXT = CallRange.PLUGIN_LAST;

    /** A guest asks again at least so often, so that the end of the run is seen by all, ns. */
    private static final long LONGEST_WAIT = 50_000_000;

    private final Gauge gauge;
    private final long period;
    private final double phase;
    private final long createdAt;
    private boolean asked;
    private boolean paced;
    private boolean busy;
    private boolean counted;
    private boolean ended;
    private long due;
    private final AtomicLong operations = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();

    /**
     * @param period ns from one operation to the next; 0 for flat out
     * @param phase where in its first period the guest begins, 0 to 1
     * @param createdAt when the guest's creation began, {@link System#nanoTime}
     */
    Pace(Gauge gauge, long period, double phase, long createdAt) {
        this.gauge = gauge;
        this.period = period;
        this.phase = phase;
        this.createdAt = createdAt;
    }

    /** Measured operations that have ended. Any thread. */
    long operations() {
        return operations.get();
    }

    /** Those of them that failed. Any thread. */
    long failures() {
        return failures.get();
    }

    @Override
    public Isolation isolation() {
        return Isolation.SHARED;
    }

    @Override
    public void attach(DeviceSite site) {
        site.claimHypercalls(NEXT, 1, (vcpu, number, a0, a1, a2, a3, a4, a5) -> next(a0, System.nanoTime()));
    }

    /** What the guest is to do; see {@link #NEXT}. On the vCPU's thread. */
    long next(long result, long now) {
        if (!asked) {
            asked = true;
            gauge.boots.recordValue(now - createdAt);
            gauge.booted.countDown();
        }
        if (busy) {
            busy = false;
            count(result, now);
        }
        if (gauge.isOver()) {
            end();
            return -1;
        }
        return period == 0 ? goFlatOut(now) : goWhenDue(now);
    }

    private void count(long result, long now) {
        if (!counted || (gauge.isOver() && now - gauge.endedAt() > 0 && period == 0)) {
            return;
        }
        operations.getAndIncrement();
        if (result < 0) {
            failures.getAndIncrement();
        }
        gauge.latencies.recordValue(Math.max(0, now - due));
    }

    private long goFlatOut(long now) {
        due = now;
        counted = gauge.isMeasuring();
        busy = true;
        return 0;
    }

    private long goWhenDue(long now) {
        boolean measuring = gauge.isMeasuring();
        if (!paced || measuring != counted) {
            // What has piled up while guests were still being made is no part of the measurement.
            paced = true;
            counted = measuring;
            due = now + (long) (phase * period) - period;
        }
        long left = due + period - now;
        if (left > 0) {
            return Math.min(left, LONGEST_WAIT);
        }
        due += period;
        busy = true;
        return 0;
    }

    /** Operations that were due and were never begun have waited all the same. */
    private void end() {
        long waited = gauge.endedAt() - (due + period);
        if (!ended && period != 0 && counted && waited > 0) {
            gauge.latencies.recordValueWithExpectedInterval(waited, period);
        }
        ended = true;
    }
}
