package io.paravert.vmm.bus;

import io.paravert.device.Device;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import org.jspecify.annotations.Nullable;

/** A device as a verticle: what it does it does on this verticle's context. */
final class DeviceVerticle implements Deployable {
    private final Device device;
    private final DeviceEndpoint endpoint;
    private @Nullable MessageConsumer<Exchange> consumer;

    DeviceVerticle(Device device, DeviceEndpoint endpoint) {
        this.device = device;
        this.endpoint = endpoint;
    }

    @Override
    public Future<?> deploy(Context context) {
        context.exceptionHandler(endpoint::uncaught);
        Vertx vertx = context.owner();
        MessageConsumer<Exchange> served = vertx.eventBus()
                .localConsumer(endpoint.address(), (Message<Exchange> message) -> endpoint.serve(message.body()));
        consumer = served;
        return served.completion().compose(ready -> device.start());
    }

    @Override
    public Future<?> undeploy(Context context) {
        MessageConsumer<Exchange> served = consumer;
        // What was sent before is served before this.
        Promise<Void> drained = Promise.promise();
        context.runOnContext(ignored -> drained.complete());
        Future<Void> deaf = served == null ? drained.future() : drained.future().compose(done -> served.unregister());
        return deaf.compose(done -> {
            endpoint.stopping();
            return device.stop();
        });
    }
}
