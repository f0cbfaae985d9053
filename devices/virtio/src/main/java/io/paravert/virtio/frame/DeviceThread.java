package io.paravert.virtio.frame;

import io.vertx.core.Context;
import io.vertx.core.Vertx;

/**
 * The one thread on which a device's context runs its handlers. A future that a device hands out may complete elsewhere;
 * what follows from it is brought back here.
 */
final class DeviceThread {
    private final Context context;
    private final Thread thread = Thread.currentThread();

    private DeviceThread(Context context) {
        this.context = context;
    }

    /** Called on the device's context. */
    static DeviceThread current(Vertx vertx) {
        return new DeviceThread(vertx.getOrCreateContext());
    }

    /** Runs it now if this is the thread, and otherwise there. */
    void run(Runnable task) {
        if (Thread.currentThread() == thread) {
            task.run();
        } else {
            later(task);
        }
    }

    /** Runs it after what runs now. */
    void later(Runnable task) {
        context.runOnContext(v -> task.run());
    }
}
