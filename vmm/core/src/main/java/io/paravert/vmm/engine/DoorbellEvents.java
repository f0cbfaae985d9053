package io.paravert.vmm.engine;

/** Doorbells that the engine serves itself: a store to the place makes the listener run, and the vCPU goes straight on. Any thread. */
public interface DoorbellEvents {
    /**
     * @param place port number, or guest-physical address if {@code mmio}
     * @param size 1, 2, 4 or 8 bytes; only stores of that size count
     * @param listener called on a thread of the engine's, once or more after each store; stores may be coalesced and their
     *     values are lost
     * @return closes the doorbell
     */
    AutoCloseable listen(boolean mmio, long place, int size, Runnable listener);
}
