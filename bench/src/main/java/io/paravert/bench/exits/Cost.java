package io.paravert.bench.exits;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Nanoseconds of one exit.
 *
 * @param wall by the clock: what a user waits
 * @param cpu of the vCPU's thread, kernel and guest included: the same on a busy machine as on a quiet one
 */
record Cost(double wall, double cpu) {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** When something began or ended, on the thread that does it. */
    record Instant(long wall, long cpu) {
        static Instant now() {
            return new Instant(System.nanoTime(), THREADS.getCurrentThreadCpuTime());
        }

        /** What each exit has cost from then until now. */
        Cost perExit(Instant end, int exits) {
            return new Cost((double) (end.wall - wall) / exits, (double) (end.cpu - cpu) / exits);
        }
    }
}
