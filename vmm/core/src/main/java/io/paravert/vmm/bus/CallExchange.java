package io.paravert.vmm.bus;

import io.paravert.device.Hypercall;
import io.paravert.device.HypercallHandler;
import io.vertx.core.Future;

/** A hypercall on its way to a device. */
final class CallExchange extends Exchange {
    private final HypercallHandler handler;
    private final Hypercall call;

    CallExchange(HypercallHandler handler, Hypercall call, boolean posted) {
        super(posted);
        this.handler = handler;
        this.call = call;
    }

    @Override
    Future<Long> ask() {
        return handler.handle(call);
    }

    @Override
    String describe() {
        return "hypercall 0x" + Integer.toHexString(call.number());
    }
}
