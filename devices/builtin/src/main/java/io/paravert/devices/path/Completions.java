package io.paravert.devices.path;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * How results come from other threads to the device's context. A ring's loop that is awake takes them as it polls; otherwise one
 * task brings all that wait.
 */
public final class Completions {
    private static final int CHUNK = 256;

    private final Vertx vertx;
    private final MpscUnboundedArrayQueue<Runnable> queue = new MpscUnboundedArrayQueue<>(CHUNK);
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Handler<Void> drainTask = v -> drain();
    private volatile @Nullable Context context;
    /** A loop on the device's context looks at the queue by itself. */
    private volatile boolean polled;

    public Completions(Vertx vertx) {
        this.vertx = vertx;
    }

    /** On the device's context, before anything is posted. */
    public void start() {
        context = vertx.getOrCreateContext();
    }

    /**
     * Has something done on the device's context; it must not throw. Any thread.
     *
     * @param completion what is to be completed there
     */
    public void post(Runnable completion) {
        Context device = context;
        if (device == null) {
            throw new IllegalStateException("a result before the device was started");
        }
        queue.offer(completion);
        // The offer must be out before the flag is read: see endPolling.
        VarHandle.fullFence();
        if (!polled && scheduled.compareAndSet(false, true)) {
            device.runOnContext(drainTask);
        }
    }

    /** From here on the caller drains again and again: what is posted needs no task. On the device's context. */
    public void beginPolling() {
        polled = true;
    }

    /** Takes that back; what was posted meanwhile has its task. On the device's context. */
    public void endPolling() {
        polled = false;
        VarHandle.fullFence();
        Context device = context;
        if (device != null && !queue.isEmpty() && scheduled.compareAndSet(false, true)) {
            device.runOnContext(drainTask);
        }
    }

    /**
     * Completes what waits; on the device's context.
     *
     * @return whether there was anything
     */
    public boolean drain() {
        if (queue.isEmpty()) {
            scheduled.set(false);
            if (queue.isEmpty()) {
                return false;
            }
        }
        // Cleared first: what is posted from here on either is seen below or schedules a task.
        scheduled.set(false);
        boolean some = false;
        for (Runnable done = queue.poll(); done != null; done = queue.poll()) {
            some = true;
            done.run();
        }
        return some;
    }
}
