package io.paravert.soft.irq;

/** The machine's time, and calls when it comes. Any thread. */
public interface Timeline {
    /** Nanoseconds since the machine was made; never goes back. */
    long nanos();

    /**
     * Runs {@code action} once, on a thread of the machine's, at or soon after the time given.
     *
     * @return cancels it; idempotent, and harmless once it has run
     */
    Runnable at(long nanos, Runnable action);
}
