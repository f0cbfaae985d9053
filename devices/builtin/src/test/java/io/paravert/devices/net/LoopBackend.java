package io.paravert.devices.net;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/** A back end that gives back what is sent, at once: a plug with its own socket behind it. */
public final class LoopBackend implements NetBackend {
    private volatile @Nullable NetInput input;

    @Override
    public Future<Void> start(Vertx vertx, NetInput frames) {
        input = frames;
        return Future.succeededFuture();
    }

    @Override
    public boolean send(byte[] bytes, int length) {
        NetInput started = input;
        return started != null && started.deliver(bytes, 0, length);
    }

    @Override
    public Future<Void> stop() {
        input = null;
        return Future.succeededFuture();
    }
}
