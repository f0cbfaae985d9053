package io.paravert.device;

import io.vertx.core.Future;
import java.util.Map;

/**
 * One device of one virtual machine. Attached once, started before the guest runs, stopped after it. Its handlers, timers and
 * futures run on its own context (see {@link Isolation}), one at a time, so that its fields need no locks; what it claims as
 * {@link Delivery#INLINE} runs on vCPU threads.
 */
public interface Device {
    /** What the guest is told of it. */
    default DeviceIdentity identity() {
        return DeviceIdentity.PLUGIN;
    }

    /** With whom it shares its thread. */
    default Isolation isolation() {
        return Isolation.PRIVATE;
    }

    /** What it has counted so far, by names for people, in the order in which they are shown. Any thread. */
    default Map<String, Long> counts() {
        return Map.of();
    }

    /** States all claims; called once, before {@link #start}, on the thread that builds the VM. */
    void attach(DeviceSite site);

    /** Called on the device's context before the guest first runs. */
    default Future<Void> start() {
        return Future.succeededFuture();
    }

    /**
     * Called on the device's context when no vCPU runs any more. Guest memory stays until the future completes: it must not
     * complete before the last thing that touches guest memory (a file read under way) has ended.
     */
    default Future<Void> stop() {
        return Future.succeededFuture();
    }
}
