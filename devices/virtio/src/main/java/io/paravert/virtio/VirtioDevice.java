package io.paravert.virtio;

import io.paravert.device.DeviceIdentity;
import io.paravert.device.Isolation;
import io.vertx.core.Future;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A virtio device, whatever the transport. {@link #type}, {@link #features}, {@link #ringFeatures}, {@link #queues},
 * {@link #config} and {@link #sharedRegions} are asked once, when it is attached; everything else happens on the device's
 * context, one call at a time.
 *
 * <p>Life: attached -> started -> (activated -> reset)* -> stopped.
 */
public interface VirtioDevice {
    /** Device id, virtio 1.2, chapter 5: 1 is net, 2 block, 3 console. */
    int type();

    /** Features of its type, bits 0 to 23 and 50 to 63. */
    default long features() {
        return 0;
    }

    /**
     * Which of the other features it offers; VERSION_1 always comes with them. IN_ORDER is for devices that finish their
     * requests in order anyway: with it, one that is done waits for all before it.
     */
    default Set<VirtioFeature> ringFeatures() {
        return EnumSet.complementOf(EnumSet.of(VirtioFeature.IN_ORDER));
    }

    /** Its queues, in the order of their numbers. */
    List<QueueSpec> queues();

    /** The same object each time. */
    default ConfigSpace config() {
        return new ConfigSpace(0);
    }

    default List<SharedRegion> sharedRegions() {
        return List.of();
    }

    /** What a guest of the PV ABI is told of it. */
    default DeviceIdentity identity() {
        return DeviceIdentity.PLUGIN;
    }

    /** What it has counted so far, by names for people, in the order in which they are shown. Any thread. */
    default Map<String, Long> counts() {
        return Map.of();
    }

    /** With whom it shares its thread. */
    default Isolation isolation() {
        return Isolation.PRIVATE;
    }

    /** Called once, before everything else. */
    default void attached(VirtioLink link) {}

    /** Called before the guest first runs. */
    default Future<Void> start() {
        return Future.succeededFuture();
    }

    /** Whether it can work with this subset of what it offered. */
    default boolean accepts(long features) {
        return true;
    }

    /** The driver writes to the configuration space; nothing is changed but by the device itself. Comes in every state. */
    default void configWritten(int offset, int size, long value) {}

    /** DRIVER_OK: the driver is ready. */
    default void activated(long features) {}

    /**
     * A queue is stopped: buffers that were taken from it are gone when the future completes. Requests under way are waited
     * for in any case.
     */
    default Future<Void> queueStopped(int queue) {
        return Future.succeededFuture();
    }

    /**
     * The device is reset. What it still does for the driver it should give up now: the guest waits until the requests under
     * way and this future are complete. No buffer taken from a queue may be touched after that.
     */
    default Future<Void> reset() {
        return Future.succeededFuture();
    }

    /** Called after the last reset, when no vCPU runs any more. */
    default Future<Void> stop() {
        return Future.succeededFuture();
    }
}
