package io.paravert.virtio.frame;

import io.paravert.device.GuestBuffer;
import io.paravert.device.GuestMemoryView;
import io.paravert.virtio.Request;
import io.paravert.virtio.queue.DescriptorChain;
import io.vertx.core.AsyncResult;
import io.vertx.core.Handler;

/** A request with where it stands: FREE -> TAKEN (by the device) -> DONE (waiting for those before it) -> FREE. */
final class PendingRequest implements Request, Handler<AsyncResult<Void>> {
    enum Stage {
        FREE,
        TAKEN,
        DONE
    }

    private final ServedQueue queue;
    private final DescriptorChain chain;
    private Stage stage = Stage.FREE;
    private long written;

    PendingRequest(ServedQueue queue, GuestMemoryView memory) {
        this.queue = queue;
        this.chain = new DescriptorChain(memory);
    }

    @Override
    public GuestBuffer readable() {
        return chain.readable();
    }

    @Override
    public GuestBuffer writable() {
        return chain.writable();
    }

    @Override
    public void setWritten(long bytes) {
        if (bytes < 0 || bytes > chain.writable().length()) {
            throw new IllegalArgumentException(
                    bytes + " bytes written to a buffer of " + chain.writable().length());
        }
        written = bytes;
    }

    @Override
    public void end() {
        requireTaken();
        queue.finished(this, null);
    }

    @Override
    public void fail(Throwable why) {
        requireTaken();
        queue.finished(this, why);
    }

    private void requireTaken() {
        if (stage != Stage.TAKEN) {
            throw new IllegalStateException("a request ends twice");
        }
    }

    DescriptorChain chain() {
        return chain;
    }

    long written() {
        return written;
    }

    Stage stage() {
        return stage;
    }

    void enter(Stage next) {
        stage = next;
        if (next == Stage.TAKEN) {
            written = 0;
        }
    }

    boolean belongsTo(ServedQueue other) {
        return queue == other;
    }

    /** The device's future has completed, on whatever thread. */
    @Override
    public void handle(AsyncResult<Void> result) {
        queue.thread().run(() -> queue.finished(this, result.failed() ? result.cause() : null));
    }
}
