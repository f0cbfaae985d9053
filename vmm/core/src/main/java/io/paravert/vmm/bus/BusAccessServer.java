package io.paravert.vmm.bus;

import io.paravert.device.Access;
import io.paravert.device.AccessHandler;
import io.paravert.device.Delivery;
import io.paravert.vmm.exit.AccessServer;
import io.paravert.vmm.exit.CallingVcpu;
import io.paravert.vmm.exit.ClaimKind;

/** Accesses that go to their device over the bus. */
final class BusAccessServer implements AccessServer {
    private final DeviceEndpoint endpoint;
    private final AccessHandler handler;
    private final ClaimKind kind;
    private final long first;
    private final boolean postWrites;

    BusAccessServer(DeviceEndpoint endpoint, AccessHandler handler, ClaimKind kind, long first, Delivery delivery) {
        this.endpoint = endpoint;
        this.handler = handler;
        this.kind = kind;
        this.first = first;
        this.postWrites = delivery == Delivery.POST;
    }

    @Override
    public long read(CallingVcpu vcpu, long offset, int size) {
        // A load has a result: it waits, however the claim was made.
        return endpoint.call(exchange(vcpu, offset, size, false, 0, false), vcpu);
    }

    @Override
    public void write(CallingVcpu vcpu, long offset, int size, long value) {
        Exchange exchange = exchange(vcpu, offset, size, true, value, postWrites);
        if (postWrites) {
            endpoint.post(exchange, vcpu);
        } else {
            endpoint.call(exchange, vcpu);
        }
    }

    private Exchange exchange(CallingVcpu vcpu, long offset, int size, boolean write, long value, boolean posted) {
        Access access = new Access(vcpu.id(), offset, size, write, value);
        return new AccessExchange(handler, kind, first, access, posted);
    }
}
