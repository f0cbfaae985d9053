package io.paravert.device;

/** A device's end of an event channel. Any thread. */
public interface EventLine {
    /** Number by which the guest knows the channel. */
    int channel();

    /** Marks the channel pending and interrupts the guest unless it is masked or already pending. */
    void raise();
}
