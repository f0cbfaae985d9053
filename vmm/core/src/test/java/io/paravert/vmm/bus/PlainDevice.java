package io.paravert.vmm.bus;

import io.paravert.device.Device;
import io.paravert.device.DeviceSite;
import io.paravert.device.Isolation;
import io.vertx.core.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A device whose behaviour a test gives. */
final class PlainDevice implements Device {
    private final Consumer<DeviceSite> attach;
    private Supplier<Future<Void>> start = Future::succeededFuture;
    private Supplier<Future<Void>> stop = Future::succeededFuture;
    private Isolation isolation = Isolation.PRIVATE;

    PlainDevice(Consumer<DeviceSite> attach) {
        this.attach = attach;
    }

    PlainDevice onStart(Supplier<Future<Void>> behaviour) {
        start = behaviour;
        return this;
    }

    PlainDevice onStop(Supplier<Future<Void>> behaviour) {
        stop = behaviour;
        return this;
    }

    PlainDevice shared() {
        isolation = Isolation.SHARED;
        return this;
    }

    @Override
    public Isolation isolation() {
        return isolation;
    }

    @Override
    public void attach(DeviceSite site) {
        attach.accept(site);
    }

    @Override
    public Future<Void> start() {
        return start.get();
    }

    @Override
    public Future<Void> stop() {
        return stop.get();
    }
}
