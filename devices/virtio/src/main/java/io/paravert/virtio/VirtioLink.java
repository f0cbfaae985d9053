package io.paravert.virtio;

import io.paravert.device.GuestMemoryView;
import io.vertx.core.Vertx;

/** A device's way to its driver. On the device's context. */
public interface VirtioLink {
    Vertx vertx();

    /** For what is not in a request's buffers: pages that a driver names by number. Addresses are checked as everywhere. */
    GuestMemoryView memory();

    /** Name of this instance, unique in its VM. */
    String name();

    /** True between DRIVER_OK and the next reset, while nothing has failed. */
    boolean isLive();

    /** Negotiated features; 0 before FEATURES_OK. */
    long features();

    /** Says that the configuration space has changed: the generation is incremented and the driver notified. */
    void configChanged();

    /** Gives up until the driver resets the device. */
    void needsReset(String why);
}
