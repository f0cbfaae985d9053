package io.paravert.load;

import java.time.Duration;

/**
 * What goes wrong with requests of a device, by chance. Shares are 0 to 1 of all requests, and add up to 1 at most.
 *
 * @param delay how much later a delayed request is answered; rounded up to whole ms, the resolution of a timer
 * @param delayed share of requests that are delayed
 * @param failed share of requests that the device does not see and that fail with EIO
 * @param dropped share of requests that the device does not see and that nobody answers: the monitor's deadline ends them
 * @param seed of the choice; each guest has its own sequence
 */
public record Faults(Duration delay, double delayed, double failed, double dropped, long seed) {
    public Faults {
        check("delayed", delayed);
        check("failed", failed);
        check("dropped", dropped);
        if (delayed + failed + dropped > 1) {
            throw new LoadException("shares of faults add up to " + (delayed + failed + dropped) + ": give at most 1");
        }
        if (delay.isNegative()) {
            throw new LoadException("a delay of " + delay + " is negative");
        }
    }

    private static void check(String what, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new LoadException("share " + share + " of " + what + " requests: give 0 to 1");
        }
    }

    public static Faults none() {
        return new Faults(Duration.ZERO, 0, 0, 0, 0);
    }

    public static Faults delay(double share, Duration delay) {
        return new Faults(delay, share, 0, 0, 1);
    }

    public static Faults fail(double share) {
        return new Faults(Duration.ZERO, 0, share, 0, 1);
    }

    public static Faults drop(double share) {
        return new Faults(Duration.ZERO, 0, 0, share, 1);
    }

    boolean isNone() {
        return delayed == 0 && failed == 0 && dropped == 0;
    }
}
