package io.paravert.device;

import io.vertx.core.Future;

/** Serves shared-memory rings. Called on the device's context. */
@FunctionalInterface
public interface RingService {
    /**
     * Checks a ring that the guest has laid out and begins to serve it.
     *
     * @return fails with {@link DeviceError} if it cannot be served
     */
    Future<Ring> open(RingRequest request);

    /**
     * A ring to be served.
     *
     * @param number by which the guest will know it
     * @param gpa of its RingHeader, page-aligned; what lies there is unchecked
     * @param completions raised to tell the guest of completions
     */
    record RingRequest(int number, long gpa, EventLine completions) {}

    /** A ring that is served. Called on the device's context. */
    interface Ring {
        /** The guest rang. Rings that come while one waits are merged. */
        void doorbell();

        /** When the future completes, neither the ring nor the buffers of its entries are touched any more. */
        Future<Void> close();
    }
}
