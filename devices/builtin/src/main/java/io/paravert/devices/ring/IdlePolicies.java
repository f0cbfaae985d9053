package io.paravert.devices.ring;

import io.paravert.abi.RingMode;
import java.util.function.LongSupplier;

/** The three ways to wait, one for each RingMode. */
final class IdlePolicies {
    /** No point in spinning when the guest has no core to run on meanwhile. */
    private static final boolean ONE_CORE = Runtime.getRuntime().availableProcessors() == 1;

    private IdlePolicies() {}

    /** @param mode RingMode, checked */
    static IdlePolicy of(int mode) {
        return switch (mode) {
            case RingMode.DOORBELL -> idle -> IdlePolicy.Step.SLEEP;
            case RingMode.ADAPTIVE -> new Adaptive(System::nanoTime);
            case RingMode.POLLING -> new Polling();
            default -> throw new IllegalArgumentException("ring mode " + mode);
        };
    }

    /**
     * Polls for as long as it has lately been worth it. Three goals compete: a doorbell costs the guest an exit (8 us and more), a
     * core must not burn for a guest that has nothing to say, and on a host whose cores are taken polling keeps from its core the
     * very guest that it waits for. So the time to poll doubles when something came meanwhile and halves when nothing did, and
     * there is none for {@link #CALM} after a look that came late: another thread had the core. What one wait can burn is
     * bounded by LONGEST.
     */
    static final class Adaptive implements IdlePolicy {
        static final long LONGEST = 200_000;
        static final long SHORTEST = 2_000;
        /** Of this, the first part is spun, the rest yielded: the guest may need this very core. */
        private static final long SPUN = 20_000;
        /** Between two looks; a look takes well under a microsecond, a time slice that another thread has some milliseconds. */
        static final long LATE = 500_000;
        /** Long beside a time slice, short beside what a person notices. */
        static final long CALM = 100_000_000;

        private final LongSupplier clock;
        private long limit = LONGEST;
        private long lastIdle;
        private boolean calm;
        private long calmSince;

        /** @param clock ns, from any point on */
        Adaptive(LongSupplier clock) {
            this.clock = clock;
        }

        @Override
        public Step next(long idle) {
            if (ONE_CORE) {
                return Step.SLEEP;
            }
            long since = idle - lastIdle;
            lastIdle = idle;
            if (since > LATE) {
                calm = true;
                calmSince = clock.getAsLong();
            } else if (calm && clock.getAsLong() - calmSince > CALM) {
                calm = false;
                limit = LONGEST;
            }
            if (!calm && idle < limit) {
                return idle < SPUN ? Step.SPIN : Step.YIELD;
            }
            limit = Math.max(SHORTEST, limit / 2);
            lastIdle = 0;
            return Step.SLEEP;
        }

        @Override
        public void found(long idle) {
            if (idle > 0) {
                limit = Math.min(LONGEST, limit * 2);
            }
            lastIdle = 0;
        }
    }

    /** Never sleeps, so that the guest never rings; naps when idle for long, which bounds what it burns to some per cent of a core. */
    private static final class Polling implements IdlePolicy {
        private static final long SPUN = 20_000;
        private static final long YIELDED = 5_000_000;

        @Override
        public Step next(long idle) {
            if (idle < SPUN && !ONE_CORE) {
                return Step.SPIN;
            }
            return idle < YIELDED ? Step.YIELD : Step.NAP;
        }
    }
}
