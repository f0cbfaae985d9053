package io.paravert.load;

import java.util.Locale;

/**
 * Where a load test stands.
 *
 * @param guests to be there in the end
 * @param booted guests that have made their first hypercall
 * @param measured seconds measured so far, 0 while guests boot
 * @param seconds to be measured in all
 * @param operations that have ended so far
 */
public record LoadProgress(int guests, int booted, double measured, double seconds, long operations) {
    /** One line for a terminal. */
    public String describe() {
        return measured <= 0
                ? String.format(Locale.ROOT, "%d of %d guests have booted", booted, guests)
                : String.format(
                        Locale.ROOT,
                        "%d guests, %.1f of %.1f s, %.0f operations/s",
                        guests,
                        measured,
                        seconds,
                        operations / measured);
    }
}
