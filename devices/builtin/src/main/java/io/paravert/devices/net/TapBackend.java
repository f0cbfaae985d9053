package io.paravert.devices.net;

import io.paravert.abi.Limit;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/**
 * A TAP interface of the host: what the guest sends comes out of it, and what the host sends into it reaches the guest. A
 * thread of its own waits for the host's frames, so that no event loop has to.
 */
final class TapBackend implements NetBackend {
    /** How often the thread looks whether it should end, ms. */
    private static final int LOOK = 100;
    /** Frames read at one go. */
    private static final int BATCH = 64;

    private final Tap tap;
    private @Nullable Thread reader;
    private volatile boolean stopped;

    /** @throws IllegalArgumentException if the host does not permit it: one line that says why and what to do */
    TapBackend(String name) {
        tap = Tap.open(name);
    }

    @Override
    public Future<Void> start(Vertx vertx, NetInput input) {
        Thread thread = new Thread(() -> read(input), "tap-" + tap.name());
        thread.setDaemon(true);
        reader = thread;
        thread.start();
        return Future.succeededFuture();
    }

    private void read(NetInput input) {
        byte[] bytes = new byte[Limit.FRAME_BYTES];
        while (!stopped) {
            if (!tap.await(LOOK)) {
                continue;
            }
            for (int i = 0; i < BATCH && !stopped; i++) {
                int length = tap.read(bytes);
                if (length <= 0) {
                    break;
                }
                input.deliver(bytes, 0, length);
            }
        }
    }

    @Override
    public boolean send(byte[] bytes, int length) {
        return tap.write(bytes, length);
    }

    @Override
    public Future<Void> stop() {
        stopped = true;
        Thread thread = reader;
        if (thread != null) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        tap.close();
        return Future.succeededFuture();
    }
}
