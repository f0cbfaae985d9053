package io.paravert.device;

/** One kind of event of a device; the guest binds event channels to it. Any thread. */
public interface EventLine {
    /** True if the guest has bound a channel to this event. */
    boolean isBound();

    /**
     * Marks the bound channels pending and interrupts the guest unless they are masked or already pending. Nothing happens
     * when no channel is bound: the guest looks for itself then.
     */
    void raise();
}
