package io.paravert.load;

import io.paravert.abi.CallRange;
import io.paravert.device.Device;
import io.paravert.device.DeviceSite;
import io.paravert.device.Isolation;
import io.paravert.guest.driver.QueueDriver;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Recorder;

/**
 * The device by which one guest is driven. Before each operation the guest asks it what to do, and with that says how the one
 * before ended: so both ends of an operation are seen by one clock, on the vCPU's thread. A guest may have several under way; each
 * has a tag.
 *
 * <p>At a rate, an operation's latency counts from the moment at which it was due, not from when the guest came to it: an
 * operation that waits behind a slow one is slow itself (no coordinated omission).
 */
final class Pace implements Device {
    /**
     * The call by which the guest asks: a tag and the result of its last operation in, ns to wait, 0 to go on or -1 to end out. Tag
     * -1 asks only whether it is over.
     */
    static final int NEXT = CallRange.PLUGIN_LAST;

    /** A guest asks again at least so often, so that the end of the run is seen by all, ns. */
    private static final long LONGEST_WAIT = 50_000_000;

    private final Gauge gauge;
    private final Recorder latencies;
    private final long period;
    private final double phase;
    private final long createdAt;
    private final Slot[] slots = new Slot[QueueDriver.MOST];
    private boolean asked;
    private boolean paced;
    private boolean measured;
    private boolean ended;
    /** Of the operation that was begun last. */
    private long due;

    private final AtomicLong operations = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();

    /** One operation under way. */
    private static final class Slot {
        private boolean busy;
        private boolean counted;
        private long due;
    }

    /**
     * @param latencies where ns of measured operations are recorded
     * @param period ns from one operation to the next; 0 for flat out
     * @param phase where in its first period the guest begins, 0 to 1
     * @param createdAt when the guest's creation began, {@link System#nanoTime}
     */
    Pace(Gauge gauge, Recorder latencies, long period, double phase, long createdAt) {
        this.gauge = gauge;
        this.latencies = latencies;
        this.period = period;
        this.phase = phase;
        this.createdAt = createdAt;
        Arrays.setAll(slots, i -> new Slot());
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
        site.claimHypercalls(NEXT, 1, (vcpu, number, a0, a1, a2, a3, a4, a5) -> next(a0, a1, System.nanoTime()));
    }

    /** What the guest is to do; see {@link #NEXT}. On the vCPU's thread. */
    long next(long tag, long result, long now) {
        if (tag < -1 || tag >= slots.length) {
            return -1;
        }
        if (!asked) {
            asked = true;
            gauge.boots.recordValue(now - createdAt);
            gauge.booted.countDown();
        }
        if (tag < 0) {
            return gauge.isOver() ? end() : LONGEST_WAIT;
        }
        Slot slot = slots[(int) tag];
        if (slot.busy) {
            slot.busy = false;
            count(slot, result, now);
        }
        if (gauge.isOver()) {
            return end();
        }
        return period == 0 ? goFlatOut(slot, now) : goWhenDue(slot, now);
    }

    private void count(Slot slot, long result, long now) {
        if (!slot.counted || (gauge.isOver() && now - gauge.endedAt() > 0 && period == 0)) {
            return;
        }
        operations.getAndIncrement();
        if (result < 0) {
            failures.getAndIncrement();
        }
        latencies.recordValue(Math.max(0, now - slot.due));
    }

    private long goFlatOut(Slot slot, long now) {
        slot.due = now;
        slot.counted = gauge.isMeasuring();
        slot.busy = true;
        return 0;
    }

    private long goWhenDue(Slot slot, long now) {
        boolean measuring = gauge.isMeasuring();
        if (!paced || measuring != measured) {
            // What has piled up while guests were still being made is no part of the measurement.
            paced = true;
            measured = measuring;
            due = now + (long) (phase * period) - period;
        }
        long left = due + period - now;
        if (left > 0) {
            return Math.min(left, LONGEST_WAIT);
        }
        due += period;
        slot.due = due;
        slot.counted = measured;
        slot.busy = true;
        return 0;
    }

    /** Operations that were due and have not begun, or not ended, have waited all the same. */
    private long end() {
        if (!ended && period != 0 && measured) {
            for (Slot slot : slots) {
                long waited = gauge.endedAt() - slot.due;
                if (slot.busy && slot.counted && waited > 0) {
                    latencies.recordValue(waited);
                }
            }
            long waited = gauge.endedAt() - (due + period);
            if (waited > 0) {
                latencies.recordValueWithExpectedInterval(waited, period);
            }
        }
        ended = true;
        return -1;
    }
}
