package io.paravert.vmm.bus;

import io.paravert.device.Delivery;
import io.paravert.device.Hypercall;
import io.paravert.device.HypercallHandler;
import io.paravert.vmm.exit.CallServer;
import io.paravert.vmm.exit.CallingVcpu;

/** Hypercalls that go to their device over the bus. */
final class BusCallServer implements CallServer {
    private final DeviceEndpoint endpoint;
    private final HypercallHandler handler;
    private final boolean post;

    BusCallServer(DeviceEndpoint endpoint, HypercallHandler handler, Delivery delivery) {
        this.endpoint = endpoint;
        this.handler = handler;
        this.post = delivery == Delivery.POST;
    }

    @Override
    public long call(CallingVcpu vcpu, int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        Hypercall call = new Hypercall(vcpu.id(), vcpu.cpl(), number, a0, a1, a2, a3, a4, a5);
        Exchange exchange = new CallExchange(handler, call, post);
        if (post) {
            endpoint.post(exchange, vcpu);
            return 0;
        }
        return endpoint.call(exchange, vcpu);
    }
}
