package io.paravert.devices.net;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A back end that keeps what is sent, refuses it when told to, and delivers what the test says. */
final class HeldBackend implements NetBackend {
    final List<byte[]> sent = new CopyOnWriteArrayList<>();
    volatile boolean full;
    private volatile @Nullable NetInput input;

    @Override
    public Future<Void> start(Vertx vertx, NetInput frames) {
        input = frames;
        return Future.succeededFuture();
    }

    @Override
    public boolean send(byte[] bytes, int length) {
        if (full) {
            return false;
        }
        sent.add(Arrays.copyOf(bytes, length));
        return true;
    }

    @Override
    public Future<Void> stop() {
        return Future.succeededFuture();
    }

    NetInput input() {
        NetInput started = input;
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        return started;
    }

    boolean deliver(byte[] frame) {
        return input().deliver(frame, 0, frame.length);
    }
}
