package io.paravert.virtio.frame;

import io.paravert.device.DeviceSite;
import io.paravert.device.GuestAddressException;
import io.paravert.device.GuestMemoryView;
import io.paravert.virtio.ConfigSpace;
import io.paravert.virtio.QueueSpec;
import io.paravert.virtio.SharedRegion;
import io.paravert.virtio.VirtioDevice;
import io.paravert.virtio.VirtioFeature;
import io.paravert.virtio.VirtioLink;
import io.paravert.virtio.queue.QueueException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A virtio device without its transport: status, features, configuration and queues, virtio 1.2, chapters 2 and 3. On the
 * device's context, from {@link #start} on.
 */
public final class DeviceFrame {
    private final VirtioDevice device;
    private final GuestMemoryView memory;
    private final Vertx vertx;
    private final Notifier notifier;
    private final ConfigSpace config;
    private final List<SharedRegion> regions;
    private final long offered;
    private final List<QueuePort> queues = new ArrayList<>();
    private @Nullable DeviceThread thread;

    private int status;
    private long accepted;
    private int configGeneration;
    /** Set while a reset is under way. */
    private @Nullable Promise<Void> resetting;

    private @Nullable String lastError;

    /** Called while the device is attached. */
    public DeviceFrame(VirtioDevice device, DeviceSite site, Notifier notifier) {
        this.device = device;
        this.memory = site.memory();
        this.vertx = site.vertx();
        this.notifier = notifier;
        this.config = device.config();
        this.regions = List.copyOf(device.sharedRegions());
        this.offered = device.features() | VirtioFeature.VERSION_1.mask() | VirtioFeature.mask(device.ringFeatures());
        for (QueueSpec spec : device.queues()) {
            queues.add(new QueuePort(queues.size(), spec, this));
        }
        device.attached(new Link(site.name()));
    }

    /** The device's own way to its driver. */
    private final class Link implements VirtioLink {
        private final String name;

        Link(String name) {
            this.name = name;
        }

        @Override
        public Vertx vertx() {
            return vertx;
        }

        @Override
        public GuestMemoryView memory() {
            return memory;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public boolean isLive() {
            return DeviceFrame.this.isLive();
        }

        @Override
        public long features() {
            return DeviceFrame.this.features();
        }

        @Override
        public void configChanged() {
            configGeneration++;
            if (DeviceFrame.this.isLive()) {
                notifier.configChanged();
            }
        }

        @Override
        public void needsReset(String why) {
            DeviceFrame.this.needsReset(why);
        }
    }

    public Future<Void> start() {
        thread = DeviceThread.current(vertx);
        return device.start();
    }

    /** Completes when nothing touches guest memory any more. */
    public Future<Void> stop() {
        return reset().compose(done -> device.stop());
    }

    /** Runs something on the device's context, after what runs there now; any thread, once the device was started. */
    public <T> Future<T> onDevice(Supplier<Future<T>> task) {
        Promise<T> promise = Promise.promise();
        thread().later(() -> task.get().onComplete(promise));
        return promise.future();
    }

    DeviceThread thread() {
        DeviceThread started = thread;
        if (started == null) {
            throw new IllegalStateException("the device was not started");
        }
        return started;
    }

    GuestMemoryView memory() {
        return memory;
    }

    Notifier notifier() {
        return notifier;
    }

    /** Device id, virtio 1.2, chapter 5. */
    public int type() {
        return device.type();
    }

    public long offeredFeatures() {
        return offered;
    }

    /** Sets one half of the features that the driver accepts. */
    public void acceptFeatures(boolean high, int bits) {
        if (resetting == null && DeviceStatus.mayNegotiate(status)) {
            accepted =
                    high ? accepted & 0xffff_ffffL | (long) bits << 32 : accepted & ~0xffff_ffffL | bits & 0xffff_ffffL;
        }
    }

    /** Negotiated features; 0 before FEATURES_OK. */
    public long features() {
        return (status & DeviceStatus.FEATURES_OK) == 0 ? 0 : accepted;
    }

    private boolean isAcceptable() {
        // Without VERSION_1 this is a legacy driver, whose queues are laid out in another way.
        return (accepted & ~offered) == 0 && VirtioFeature.VERSION_1.isIn(accepted) && device.accepts(accepted);
    }

    boolean isLive() {
        return resetting == null && DeviceStatus.isLive(status);
    }

    boolean maySetUpQueues() {
        return resetting == null && DeviceStatus.maySetUpQueues(status);
    }

    public int status() {
        return status;
    }

    /** Completes when the write has taken effect: at once, but for a reset. */
    public Future<Void> writeStatus(int value) {
        if (value == 0) {
            return reset();
        }
        if (resetting == null) {
            int old = status;
            status = DeviceStatus.afterWrite(old, value, this::isAcceptable);
            if (!DeviceStatus.isLive(old) && DeviceStatus.isLive(status)) {
                activate();
            }
        }
        return Future.succeededFuture();
    }

    private void activate() {
        try {
            device.activated(accepted);
        } catch (RuntimeException | Error e) {
            failed(e);
        }
        queues.forEach(QueuePort::run);
    }

    /**
     * Resets the device. Its status stays as it was until nothing that it had under way touches guest memory any more: only
     * then does the driver see 0.
     */
    private Future<Void> reset() {
        Promise<Void> running = resetting;
        if (running != null) {
            return running.future();
        }
        Promise<Void> done = Promise.promise();
        resetting = done;
        List<Future<Void>> ends = new ArrayList<>();
        ends.add(guarded(device::reset));
        queues.forEach(queue -> ends.add(queue.disable()));
        Future.join(ends)
                .onComplete(end -> thread().run(() -> {
                    forget();
                    done.complete();
                }));
        return done.future();
    }

    private void forget() {
        resetting = null;
        status = 0;
        accepted = 0;
        lastError = null;
        queues.forEach(QueuePort::forget);
        notifier.clear();
    }

    /** What a device does wrong on the way down cannot keep it up. */
    private static Future<Void> guarded(Supplier<Future<Void>> step) {
        try {
            return step.get().recover(failure -> Future.succeededFuture());
        } catch (RuntimeException e) {
            return Future.succeededFuture();
        }
    }

    Future<Void> queueStopped(int index) {
        return guarded(() -> device.queueStopped(index));
    }

    /** Changes when the configuration space does. */
    public int configGeneration() {
        return configGeneration;
    }

    public long readConfig(int offset, int size) {
        return config.get(offset, size);
    }

    public void writeConfig(int offset, int size, long value) {
        if (offset + size <= config.size()) {
            device.configWritten(offset, size, value);
        }
    }

    /** A queue, if there is one of that number. */
    public @Nullable QueuePort queue(int index) {
        return index >= 0 && index < queues.size() ? queues.get(index) : null;
    }

    /** The driver says that a queue has buffers. A number that no queue has, and what comes too early, is ignored. */
    public void notifyQueue(int index) {
        QueuePort queue = queue(index);
        if (queue != null) {
            queue.run();
        }
    }

    /** The driver says that some queue has buffers, and it is not known which. */
    public void notifyQueues() {
        queues.forEach(QueuePort::run);
    }

    /** Shared memory of that id, if there is some. */
    public Optional<SharedRegion> region(int id) {
        return regions.stream().filter(region -> region.id() == id).findFirst();
    }

    /** Why the device needs a reset, if it does. */
    public Optional<String> lastError() {
        return Optional.ofNullable(lastError);
    }

    /** The driver broke a rule, or the device failed: no queue is served any more, and the driver is told. */
    void needsReset(@Nullable String why) {
        if (resetting != null || (status & DeviceStatus.NEEDS_RESET) != 0) {
            return;
        }
        boolean live = DeviceStatus.isLive(status);
        lastError = why;
        status |= DeviceStatus.NEEDS_RESET;
        if (live) {
            notifier.configChanged();
        }
    }

    /** A device's handler failed. When that is the device's own mistake, somebody should read about it. */
    void failed(Throwable failure) {
        needsReset(failure.getMessage());
        if (!(failure instanceof QueueException) && !(failure instanceof GuestAddressException)) {
            thread().later(() -> rethrow(failure));
        }
    }

    /** What is thrown on the context goes to its exception handler, which logs it at a bounded rate. */
    private static void rethrow(Throwable failure) {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        throw new IllegalStateException(failure);
    }
}
