package io.paravert.load;

/**
 * What some of the guests do.
 *
 * @param faults of their devices
 */
public record LoadShare(LoadTarget target, Faults faults) {
    /** One line. */
    public String describe() {
        return target.describe() + faults.describe();
    }
}
