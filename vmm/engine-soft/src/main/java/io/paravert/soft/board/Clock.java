package io.paravert.soft.board;

import io.paravert.soft.irq.Timeline;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A machine's time and its alarms. Alarms run on a thread of the clock's, or on a vCPU's that sleeps until the next one
 * ({@link #sleep}) and then needs no other thread to wake it. Any thread.
 */
public final class Clock implements Timeline, AutoCloseable {
    private static final long NEVER = Long.MAX_VALUE;

    private final long origin = System.nanoTime();
    private final String name;
    private final boolean metered;
    /** Metered time, and how far sleep has carried it beyond what was counted. */
    private volatile long counted;

    private long slept;
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>(Comparator.comparingLong(Alarm::at));
    private @Nullable Thread thread;
    /** When the clock's thread will look next. */
    private long planned = NEVER;

    private boolean closed;

    /** Identity matters: two alarms may say the same. */
    private static final class Alarm {
        final long at;
        final Runnable action;

        Alarm(long at, Runnable action) {
            this.at = at;
            this.action = action;
        }

        long at() {
            return at;
        }
    }

    /**
     * @param name of the machine, for the thread's
     * @param metered the one vCPU says how much time passes, by {@link #advance}, and runs all alarms; the host's time counts for nothing
     */
    public Clock(String name, boolean metered) {
        this.name = name;
        this.metered = metered;
    }

    public boolean isMetered() {
        return metered;
    }

    @Override
    public long nanos() {
        return metered ? counted : System.nanoTime() - origin;
    }

    /** So many nanoseconds have been counted in all: runs what is due. Of a metered clock, by the vCPU's thread. */
    public void advance(long nanos) {
        counted = nanos + slept;
        runDue();
    }

    @Override
    public Runnable at(long nanos, Runnable action) {
        Alarm alarm = new Alarm(nanos, action);
        Thread late = null;
        synchronized (this) {
            if (closed) {
                return () -> {};
            }
            alarms.add(alarm);
            if (metered) {
                return () -> cancel(alarm);
            }
            if (thread == null) {
                thread = new Thread(this::serve, name + "-clock");
                thread.setDaemon(true);
                thread.start();
            } else if (nanos < planned) {
                late = thread;
            }
        }
        LockSupport.unpark(late);
        return () -> cancel(alarm);
    }

    private synchronized void cancel(Alarm alarm) {
        alarms.remove(alarm);
    }

    private void serve() {
        while (!isClosed()) {
            runDue();
            long wait = plan();
            if (wait == NEVER) {
                LockSupport.park(this);
            } else if (wait > 0) {
                LockSupport.parkNanos(this, wait);
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized long plan() {
        Alarm next = alarms.peek();
        planned = next == null ? NEVER : next.at;
        return next == null ? NEVER : Math.max(0, next.at - nanos());
    }

    private @Nullable Alarm takeDue() {
        long now = nanos();
        synchronized (this) {
            Alarm next = alarms.peek();
            return next != null && next.at <= now ? alarms.poll() : null;
        }
    }

    private void runDue() {
        for (Alarm alarm = takeDue(); alarm != null; alarm = takeDue()) {
            alarm.action.run();
        }
    }

    /** Parks the calling thread until it is unparked or an alarm is due, and runs what is due. May return early. */
    void sleep() {
        Alarm next;
        synchronized (this) {
            next = alarms.peek();
        }
        if (next == null) {
            LockSupport.park(this);
        } else if (metered) {
            slept += Math.max(0, next.at - counted);
            counted = Math.max(counted, next.at);
        } else {
            long wait = next.at - nanos();
            if (wait > 0) {
                LockSupport.parkNanos(this, wait);
            }
        }
        runDue();
    }

    /** No alarm runs from now on, but for one that is running. */
    @Override
    public void close() {
        Thread last;
        synchronized (this) {
            closed = true;
            alarms.clear();
            last = thread;
        }
        LockSupport.unpark(last);
    }
}
