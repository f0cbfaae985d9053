package io.paravert.vmm.pv;

import java.time.Instant;

/** A machine's time: ns since it was started, without the time it was paused. Any thread. */
public final class VmClock {
    private static final long NOT_FROZEN = Long.MIN_VALUE;
    private static final long NANOS = 1_000_000_000L;

    /** {@link System#nanoTime} at which this clock shows 0. */
    private volatile long zero = System.nanoTime();
    /** What it shows while it stands. */
    private volatile long frozenAt = 0;

    /** Ns. */
    public long now() {
        long frozen = frozenAt;
        return frozen != NOT_FROZEN ? frozen : System.nanoTime() - zero;
    }

    public boolean isFrozen() {
        return frozenAt != NOT_FROZEN;
    }

    /** Goes on, or starts. */
    public synchronized void run() {
        if (isFrozen()) {
            zero = System.nanoTime() - frozenAt;
            frozenAt = NOT_FROZEN;
        }
    }

    /** Stands. */
    public synchronized void freeze() {
        if (!isFrozen()) {
            frozenAt = System.nanoTime() - zero;
        }
    }

    /** Ns since 1970-01-01 00:00 UTC. */
    static long wall() {
        Instant now = Instant.now();
        return now.getEpochSecond() * NANOS + now.getNano();
    }
}
