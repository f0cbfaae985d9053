package io.paravert.load;

import java.time.Duration;
import java.util.Locale;
import java.util.SplittableRandom;

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

    /** What becomes of a request. */
    enum Fate {
        NONE,
        DELAYED,
        FAILED,
        DROPPED
    }

    /** A guest's own sequence. */
    SplittableRandom randomOf(int guest) {
        return new SplittableRandom(seed * 1_000_003 + guest);
    }

    Fate choose(SplittableRandom random) {
        double chance = random.nextDouble();
        if (chance < dropped) {
            return Fate.DROPPED;
        }
        if (chance < dropped + failed) {
            return Fate.FAILED;
        }
        return chance < dropped + failed + delayed ? Fate.DELAYED : Fate.NONE;
    }

    /** As a timer takes it: at least 1. */
    static long wholeMillis(Duration time) {
        return Math.max(1, (time.toNanos() + 999_999) / 1_000_000);
    }

    /** Short, for a report; empty if there are none. */
    String describe() {
        StringBuilder text = new StringBuilder();
        String[] names = {"delayed", "failed", "dropped"};
        double[] shares = {delayed, failed, dropped};
        for (int i = 0; i < names.length; i++) {
            if (shares[i] > 0) {
                text.append(String.format(Locale.ROOT, ", %.3g %s", shares[i], names[i]));
            }
        }
        return text.toString();
    }

    boolean isNone() {
        return delayed == 0 && failed == 0 && dropped == 0;
    }
}
