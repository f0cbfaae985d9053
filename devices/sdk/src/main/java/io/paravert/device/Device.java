package io.paravert.device;

import io.vertx.core.Future;

/** One device of one virtual machine. Attached once, started before the guest runs, stopped after it. */
public interface Device {
    /** States all claims; called once, before {@link #start}, on the thread that builds the VM. */
    void attach(DeviceSite site);

    /** Called on the device's event loop before the guest first runs. */
    default Future<Void> start() {
        return Future.succeededFuture();
    }

    /** Called on the device's event loop when no vCPU runs any more. */
    default Future<Void> stop() {
        return Future.succeededFuture();
    }
}
