package io.paravert.virtio.mmio;

/** A level-triggered interrupt line of the machine. Any thread. */
@FunctionalInterface
public interface InterruptPin {
    /** For guests that take the device's events by an event channel, or poll. */
    InterruptPin NONE = level -> {};

    void set(boolean level);
}
