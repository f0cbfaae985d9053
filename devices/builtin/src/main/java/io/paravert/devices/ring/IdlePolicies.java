package io.paravert.devices.ring;

import io.paravert.abi.RingMode;

/** The three ways to wait, one for each RingMode. */
final class IdlePolicies {
    /** No point in spinning when the guest has no core to run on meanwhile. */
    private static final boolean ONE_CORE = Runtime.getRuntime().availableProcessors() == 1;

    private IdlePolicies() {}

    /** @param mode RingMode, checked */
    static IdlePolicy of(int mode) {
        return switch (mode) {
            case RingMode.DOORBELL -> idle -> IdlePolicy.Step.SLEEP;
            case RingMode.ADAPTIVE -> new Adaptive();
            case RingMode.POLLING -> new Polling();
            default -> throw new IllegalArgumentException("ring mode " + mode);
        };
    }

    /**
     * Polls for as long as it has lately been worth it. Two goals compete: a doorbell costs the guest an exit (8 us and more),
     * and a core must not burn for a guest that has nothing to say. So the time to poll doubles when something came meanwhile and
     * halves when nothing did; what one wait can burn is bounded by LONGEST.
     */
    private static final class Adaptive implements IdlePolicy {
        private static final long LONGEST = 200_000;
        private static final long SHORTEST = 2_000;
        /** Of this, the first part is spun, the rest yielded: the guest may need this very core. */
        private static final long SPUN = 20_000;

        private long limit = LONGEST;

        @Override
        public Step next(long idle) {
            if (ONE_CORE) {
                return Step.SLEEP;
            }
            if (idle < limit) {
                return idle < SPUN ? Step.SPIN : Step.YIELD;
            }
            limit = Math.max(SHORTEST, limit / 2);
            return Step.SLEEP;
        }

        @Override
        public void found(long idle) {
            if (idle > 0) {
                limit = Math.min(LONGEST, limit * 2);
            }
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
