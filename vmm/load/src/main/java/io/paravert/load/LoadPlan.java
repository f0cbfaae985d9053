package io.paravert.load;

import java.time.Duration;

/**
 * How much load, for how long; checked when it is made.
 *
 * @param guests 1 to 1000
 * @param memoryBytes RAM of each, at least 2 MiB; only what a guest touches costs the host anything
 * @param rate operations a second that each guest begins, whether those before have ended or not; 0 for as many as it can
 * @param ramp over how long the guests are created; zero for as fast as the host can
 * @param duration how long is measured, once all guests run; more than zero
 * @param deviceDeadline how long a device may take before its request fails
 * @param faults what goes wrong
 */
public record LoadPlan(
        int guests,
        long memoryBytes,
        double rate,
        Duration ramp,
        Duration duration,
        Duration deviceDeadline,
        Faults faults) {

    private static final int MAX_GUESTS = 1000;
    private static final long MIN_MEMORY = 2L << 20;
    private static final double MAX_RATE = 1e6;
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    public LoadPlan {
        require(guests >= 1 && guests <= MAX_GUESTS, guests + " guests: give 1 to " + MAX_GUESTS);
        require(memoryBytes >= MIN_MEMORY, memoryBytes + " bytes of memory a guest: give at least " + MIN_MEMORY);
        require(
                rate >= 0 && rate <= MAX_RATE,
                rate + " operations a second: give 0, for flat out, to " + (long) MAX_RATE);
        require(!ramp.isNegative(), "a ramp of " + ramp + " is negative");
        require(duration.compareTo(Duration.ZERO) > 0, "a duration of " + duration + ": give more than zero");
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new LoadException(otherwise);
        }
    }

    /** So many guests of 2 MiB, flat out. */
    public static LoadPlan flatOut(int guests, Duration duration) {
        return new LoadPlan(guests, MIN_MEMORY, 0, Duration.ZERO, duration, DEADLINE, Faults.none());
    }

    /** So many guests of 2 MiB, each beginning {@code rate} operations a second. */
    public static LoadPlan atRate(int guests, double rate, Duration duration) {
        return new LoadPlan(guests, MIN_MEMORY, rate, Duration.ZERO, duration, DEADLINE, Faults.none());
    }

    public LoadPlan withFaults(Faults wrong) {
        return new LoadPlan(guests, memoryBytes, rate, ramp, duration, deviceDeadline, wrong);
    }

    public LoadPlan withRamp(Duration time) {
        return new LoadPlan(guests, memoryBytes, rate, time, duration, deviceDeadline, faults);
    }

    public LoadPlan withDeviceDeadline(Duration deadline) {
        return new LoadPlan(guests, memoryBytes, rate, ramp, duration, deadline, faults);
    }

    boolean isPaced() {
        return rate > 0;
    }

    long periodNanos() {
        return Math.round(1e9 / rate);
    }
}
