package io.paravert.device;

import io.vertx.core.Vertx;

/** Where a device stands in one virtual machine. Claims are made in {@link Device#attach} only. */
public interface DeviceSite {
    /** Name of this instance, unique in its VM, such as "block0"; logs and bus addresses carry it. */
    String name();

    Vertx vertx();

    GuestMemoryView memory();

    /** @throws ClaimException if the range is empty, out of bounds, or taken */
    void claimPorts(int first, int count, InlineAccessHandler handler);

    /** @param delivery {@link Delivery#CALL} or {@link Delivery#POST} */
    void claimPorts(int first, int count, Delivery delivery, AccessHandler handler);

    void claimMmio(long gpa, long length, InlineAccessHandler handler);

    void claimMmio(long gpa, long length, Delivery delivery, AccessHandler handler);

    /** Plugins' own numbers lie in the plugin range of the ABI. */
    void claimHypercalls(int first, int count, InlineHypercallHandler handler);

    void claimHypercalls(int first, int count, Delivery delivery, HypercallHandler handler);

    /** Allocates an event channel of this VM on which the device can notify the guest; any thread may raise it. */
    EventLine eventLine();
}
