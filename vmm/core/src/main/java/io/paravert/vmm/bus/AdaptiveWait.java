package io.paravert.vmm.bus;

import io.paravert.vmm.exit.CallingVcpu;

/**
 * How one vCPU waits for an answer: it spins first, then parks. Two goals compete: an answer that comes in 2 us must not cost
 * a park and a wake-up (10 us and more), and a core must not burn for answers that come late or while somebody else needs it.
 * So the time to spin doubles when an answer came while spinning, halves when none did, and is zero when no core is spare.
 * The vCPU's thread only.
 */
final class AdaptiveWait {
    private static final long LONGEST_SPIN = 20_000;
    private static final long SHORTEST_SPIN = 500;
    /** With no luck for long, one wait in so many tries again. */
    private static final int RETRY_EVERY = 64;
    /** No answer is looked for longer than this without asking whether the machine ends. */
    private static final long LONGEST_PARK = 100_000_000;

    private long spin = LONGEST_SPIN;
    private int waitsSinceTry;

    /**
     * Waits until the exchange is answered.
     *
     * @param deadline in terms of {@link System#nanoTime}
     * @return false if the deadline passed or the vCPU must leave; the exchange may still be answered by then
     */
    boolean await(Exchange exchange, CallingVcpu vcpu, long deadline) {
        if (exchange.isAnswered() || spinUntilAnswered(exchange)) {
            return true;
        }
        exchange.setSleeper(Thread.currentThread());
        while (!exchange.isAnswered()) {
            long left = deadline - System.nanoTime();
            if (left <= 0 || vcpu.mustLeave()) {
                return exchange.isAnswered();
            }
            vcpu.park(Math.min(left, LONGEST_PARK));
        }
        return true;
    }

    private boolean spinUntilAnswered(Exchange exchange) {
        if (!HostLoad.hasSpareCore()) {
            return false;
        }
        if (spin < SHORTEST_SPIN) {
            waitsSinceTry++;
            if (waitsSinceTry < RETRY_EVERY) {
                return false;
            }
            waitsSinceTry = 0;
            spin = LONGEST_SPIN;
        }
        long end = System.nanoTime() + spin;
        do {
            Thread.onSpinWait();
            if (exchange.isAnswered()) {
                spin = Math.min(LONGEST_SPIN, spin * 2);
                return true;
            }
        } while (System.nanoTime() - end < 0);
        spin /= 2;
        return false;
    }
}
