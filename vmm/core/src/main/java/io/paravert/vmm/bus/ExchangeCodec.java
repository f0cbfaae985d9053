package io.paravert.vmm.bus;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageCodec;

/** Hands an {@link Exchange} over the local bus as itself. It never crosses a wire: the consumers are local. */
final class ExchangeCodec implements MessageCodec<Exchange, Exchange> {
    private static final String NAME = "io.paravert.exchange";

    /** How every exchange is sent. */
    static final DeliveryOptions DELIVERY =
            new DeliveryOptions().setCodecName(NAME).setLocalOnly(true);

    /** Makes the codec known to a Vert.x, once or again. */
    static void registerWith(Vertx vertx) {
        try {
            vertx.eventBus().registerCodec(new ExchangeCodec());
        } catch (IllegalStateException registeredByAnotherMachine) {
            // The bus has no way to ask first.
            return;
        }
    }

    @Override
    public void encodeToWire(Buffer buffer, Exchange exchange) {
        throw new UnsupportedOperationException("an exchange stays in its process");
    }

    @Override
    public Exchange decodeFromWire(int position, Buffer buffer) {
        throw new UnsupportedOperationException("an exchange stays in its process");
    }

    @Override
    public Exchange transform(Exchange exchange) {
        return exchange;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
