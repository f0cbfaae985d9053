package io.paravert.virtio.frame;

import io.paravert.virtio.QueueSpec;
import io.paravert.virtio.VirtioFeature;
import io.paravert.virtio.queue.QueueConfig;
import io.paravert.virtio.queue.QueueException;
import io.paravert.virtio.queue.QueueRules;
import io.paravert.virtio.queue.Virtqueue;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One queue of a device as its driver sets it up. On the device's context.
 *
 * <p>Life: DISABLED --enable--> ENABLED --disable or reset--> STOPPING --nothing is under way any more--> DISABLED.
 */
public final class QueuePort {
    private enum Stage {
        DISABLED,
        ENABLED,
        STOPPING
    }

    /** The 64-bit addresses of a queue's parts, each set in two halves. */
    public enum Area {
        DESCRIPTOR,
        DRIVER,
        DEVICE
    }

    private final int index;
    private final QueueSpec spec;
    private final DeviceFrame frame;
    private final long[] areas = new long[Area.values().length];
    private int size;
    private Stage stage = Stage.DISABLED;
    /** A reset of the queue is under way, and not merely a stop. */
    private boolean resetting;

    private @Nullable ServedQueue served;
    private Future<Void> stopped = Future.succeededFuture();

    QueuePort(int index, QueueSpec spec, DeviceFrame frame) {
        this.index = index;
        this.spec = spec;
        this.frame = frame;
        this.size = spec.maximum();
    }

    /** Largest size. */
    public int maximum() {
        return spec.maximum();
    }

    /** The size that the driver has set; at first the largest. */
    public int size() {
        return size;
    }

    public boolean isEnabled() {
        return stage == Stage.ENABLED;
    }

    /** A reset of this queue is under way. */
    public boolean isResetting() {
        return resetting;
    }

    /** Only the driver of a device in negotiation, or with RING_RESET, may change a queue, and only while it is disabled. */
    private boolean isChangeable() {
        return stage == Stage.DISABLED
                && frame.maySetUpQueues()
                && (!frame.isLive() || VirtioFeature.RING_RESET.isIn(frame.features()));
    }

    public void setSize(int newSize) {
        if (isChangeable()) {
            size = newSize;
        }
    }

    /** Sets one half of an address. */
    public void setArea(Area area, boolean high, int bits) {
        if (isChangeable()) {
            long old = areas[area.ordinal()];
            areas[area.ordinal()] =
                    high ? old & 0xffff_ffffL | (long) bits << 32 : old & ~0xffff_ffffL | bits & 0xffff_ffffL;
        }
    }

    private long area(Area area) {
        return areas[area.ordinal()];
    }

    /** Takes the queue over. If its size or place is not allowed the device needs a reset. */
    public void enable() {
        if (!isChangeable()) {
            return;
        }
        try {
            QueueConfig config = new QueueConfig(size, area(Area.DESCRIPTOR), area(Area.DRIVER), area(Area.DEVICE));
            long features = frame.features();
            QueueRules rules = new QueueRules(
                    VirtioFeature.RING_PACKED.isIn(features),
                    VirtioFeature.INDIRECT_DESC.isIn(features),
                    VirtioFeature.EVENT_IDX.isIn(features),
                    spec.maximum());
            Virtqueue queue = Virtqueue.open(frame.memory(), config, rules);
            served = new ServedQueue(index, spec, queue, frame, VirtioFeature.IN_ORDER.isIn(features));
        } catch (QueueException e) {
            frame.needsReset("queue " + index + ": " + e.getMessage());
            return;
        }
        stage = Stage.ENABLED;
        run();
    }

    /** Stops the queue; completes when nothing of it is under way. */
    public Future<Void> disable() {
        ServedQueue queue = served;
        if (queue != null) {
            stage = Stage.STOPPING;
            served = null;
            Promise<Void> done = Promise.promise();
            stopped = done.future();
            Future.join(queue.stop(), frame.queueStopped(index))
                    .onComplete(end -> frame.thread().run(() -> {
                        stage = Stage.DISABLED;
                        if (resetting) {
                            forget();
                        }
                        done.complete();
                    }));
        }
        return stopped;
    }

    /** Resets the queue, virtio 1.2, 2.6.1; ignored unless RING_RESET was negotiated. Completes when that is done. */
    public Future<Void> reset() {
        if (!frame.maySetUpQueues() || !VirtioFeature.RING_RESET.isIn(frame.features())) {
            return Future.succeededFuture();
        }
        if (stage == Stage.DISABLED) {
            forget();
        } else {
            resetting = true;
        }
        return disable();
    }

    /** The driver has notified, or the device has become live. */
    void run() {
        ServedQueue queue = served;
        if (queue != null) {
            queue.run();
        }
    }

    /** Back to the state after a reset; nothing is under way. */
    void forget() {
        size = spec.maximum();
        Arrays.fill(areas, 0);
        resetting = false;
    }
}
