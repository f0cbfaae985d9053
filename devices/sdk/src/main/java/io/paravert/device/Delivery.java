package io.paravert.device;

/** How a claimed access reaches its device, from the cheapest to the most independent. */
public enum Delivery {
    /** On the vCPU's thread. For what is cheaper than a thread hop and never blocks: a clock read, a null call. */
    INLINE,
    /** As an event on the Vert.x bus to the device's context; the vCPU waits for the answer. */
    CALL,
    /** As an event on the Vert.x bus; the vCPU goes straight on. Writes and calls without result only: doorbells, console output. */
    POST
}
