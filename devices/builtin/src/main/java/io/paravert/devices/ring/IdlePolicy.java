package io.paravert.devices.ring;

/** What a ring's consumer does while its queue is empty. One thread. */
interface IdlePolicy {
    /** From the most eager to the most patient. */
    enum Step {
        /** Look again at once. */
        SPIN,
        /** Let another thread of the host run, then look. */
        YIELD,
        /** Rest for a moment without telling the guest, then look. */
        NAP,
        /** Sleep until the guest rings. */
        SLEEP
    }

    /** @param idle how long there has been nothing, ns */
    Step next(long idle);

    /** Something came after {@code idle} ns of waiting. */
    default void found(long idle) {}
}
