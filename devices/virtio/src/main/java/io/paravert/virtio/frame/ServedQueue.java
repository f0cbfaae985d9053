package io.paravert.virtio.frame;

import io.paravert.virtio.BufferQueue;
import io.paravert.virtio.QueueSpec;
import io.paravert.virtio.QueueSpec.Direction;
import io.paravert.virtio.Request;
import io.paravert.virtio.RequestHandler;
import io.paravert.virtio.queue.QueueException;
import io.paravert.virtio.queue.Virtqueue;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * A queue while the driver has it enabled: takes requests, gives them to the device, gives them back. On the device's context.
 * A new one is made each time the queue is enabled, so that what an earlier one still has under way cannot reach the driver.
 *
 * <p>Life: OPEN -> STOPPED by a reset of the queue or the device. While the device is not live it does nothing.
 */
final class ServedQueue implements BufferQueue {
    /** Requests served before others have their turn on this thread. */
    private static final int TURN = 64;

    private final int index;
    private final QueueSpec spec;
    private final Virtqueue virtqueue;
    private final DeviceFrame frame;
    private final RequestPool pool;
    private final @Nullable InOrder order;
    private final BusyPoll poll;
    private boolean stopped;
    private boolean inTurn;
    /** Notified during a turn. */
    private boolean again;
    /** A further turn is on its way. */
    private boolean scheduled;
    /** Requests whose futures have not completed. */
    private int underWay;

    private @Nullable Promise<Void> quiet;

    /** @param inOrder buffers are used in the order in which they came */
    ServedQueue(int index, QueueSpec spec, Virtqueue virtqueue, DeviceFrame frame, boolean inOrder) {
        this.index = index;
        this.spec = spec;
        this.virtqueue = virtqueue;
        this.frame = frame;
        this.pool = new RequestPool(this, frame.memory(), virtqueue.size());
        this.poll = BusyPoll.of(spec.busyPoll());
        this.order = inOrder ? new InOrder(virtqueue.size()) : null;
    }

    DeviceThread thread() {
        return frame.thread();
    }

    /** Whether the rings may be touched and the driver told. */
    @Override
    public boolean isOpen() {
        return !stopped && frame.isLive();
    }

    /** The driver has notified, or the device has become live. */
    void run() {
        if (inTurn) {
            again = true;
            return;
        }
        if (!isOpen()) {
            return;
        }
        inTurn = true;
        try {
            do {
                again = false;
                turn();
            } while (again && isOpen() && !scheduled);
            announce();
        } catch (QueueException e) {
            broken(e);
        } finally {
            inTurn = false;
        }
    }

    private void turn() {
        virtqueue.disableNotifications();
        if (spec.service() instanceof QueueSpec.Requests requests) {
            serve(requests.handler());
        } else if (spec.service() instanceof QueueSpec.Buffers buffers) {
            try {
                buffers.handler().available(this);
            } catch (RuntimeException | Error e) {
                frame.failed(e);
            }
        }
    }

    private void serve(RequestHandler handler) {
        long from = poll.now();
        int served = 0;
        while (served < TURN) {
            PendingRequest request = takeNext();
            if (request != null) {
                served++;
                poll.found();
                serve(handler, request);
                continue;
            }
            BusyPoll.Step step = emptyStep(from);
            if (step == BusyPoll.Step.LATER) {
                break;
            }
            if (step == BusyPoll.Step.SLEEP) {
                if (!isOpen() || !virtqueue.enableNotifications()) {
                    return;
                }
                // A driver that takes back what it made available could hold this thread: each look counts.
                served++;
            }
        }
        schedule();
    }

    /** What to do now that the queue is empty. A request under way ends as an event, for which nothing may be polled. */
    private BusyPoll.Step emptyStep(long from) {
        if (underWay > 0 || !isOpen()) {
            return BusyPoll.Step.SLEEP;
        }
        if (poll.begins()) {
            announce();
        }
        return poll.next(from);
    }

    private void serve(RequestHandler handler, PendingRequest request) {
        underWay++;
        Future<Void> done;
        try {
            done = handler.handle(request);
            if (done == null) {
                throw new IllegalStateException("the handler of queue " + index + " returned null instead of a future");
            }
        } catch (RuntimeException | Error e) {
            finished(request, e);
            return;
        }
        if (done == Request.ENDED_LATER) {
            return;
        }
        if (done.isComplete()) {
            finished(request, done.failed() ? done.cause() : null);
        } else {
            done.onComplete(request);
        }
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            thread().later(() -> {
                scheduled = false;
                run();
            });
        }
    }

    /** Takes the next buffer, if there is one, and checks that it holds only what buffers of this queue may hold. */
    private @Nullable PendingRequest takeNext() {
        if (!isOpen()) {
            return null;
        }
        PendingRequest request = pool.take();
        if (!virtqueue.next(request.chain())) {
            pool.give(request);
            return null;
        }
        if (spec.direction() == Direction.READABLE && request.writable().length() > 0) {
            throw new QueueException("a device-writable buffer in queue " + index + ", which takes readable ones only");
        }
        if (spec.direction() == Direction.WRITABLE && request.readable().length() > 0) {
            throw new QueueException("a device-readable buffer in queue " + index + ", which takes writable ones only");
        }
        request.enter(PendingRequest.Stage.TAKEN);
        if (order != null) {
            order.add(request);
        }
        return request;
    }

    /** A request's future has completed. */
    void finished(PendingRequest request, @Nullable Throwable failure) {
        underWay--;
        if (failure != null && isOpen()) {
            frame.failed(failure);
        }
        giveBack(request);
        Promise<Void> waiting = quiet;
        if (waiting != null && underWay == 0) {
            quiet = null;
            waiting.complete();
        }
    }

    private void giveBack(PendingRequest request) {
        request.enter(PendingRequest.Stage.DONE);
        if (!isOpen()) {
            return;
        }
        try {
            if (order == null) {
                use(request);
            } else {
                useInOrder(order);
            }
            if (!inTurn) {
                announce();
            }
        } catch (QueueException e) {
            frame.needsReset(e.getMessage());
        }
    }

    private void useInOrder(InOrder waiting) {
        PendingRequest next = waiting.pollDone();
        while (next != null) {
            use(next);
            next = waiting.pollDone();
        }
    }

    private void use(PendingRequest request) {
        virtqueue.use(request.chain(), request.written());
        pool.give(request);
    }

    private void announce() {
        if (isOpen() && virtqueue.isNotificationDue()) {
            frame.notifier().usedBuffers(index);
        }
    }

    /** The driver broke a rule; of what was done before that it hears all the same. */
    private void broken(QueueException why) {
        try {
            announce();
        } catch (QueueException again) {
            why.addSuppressed(again);
        }
        frame.needsReset(why.getMessage());
    }

    @Override
    public int size() {
        return virtqueue.size();
    }

    @Override
    public @Nullable Request take() {
        try {
            PendingRequest request = takeNext();
            if (request == null && isOpen() && virtqueue.enableNotifications()) {
                request = takeNext();
                if (request == null) {
                    // There was one and now there is none: the driver plays games. It gets another turn, not a loop.
                    schedule();
                }
            }
            return request;
        } catch (QueueException e) {
            broken(e);
            return null;
        }
    }

    @Override
    public void complete(Request request) {
        if (!(request instanceof PendingRequest pending) || !pending.belongsTo(this)) {
            throw new IllegalArgumentException("a request of another queue, or of this one before it was reset");
        }
        if (pending.stage() != PendingRequest.Stage.TAKEN) {
            throw new IllegalStateException("a request is given back twice");
        }
        giveBack(pending);
    }

    /** Touches the rings no more; completes when no request is under way. */
    Future<Void> stop() {
        stopped = true;
        if (underWay == 0) {
            return Future.succeededFuture();
        }
        Promise<Void> waiting = quiet;
        if (waiting == null) {
            waiting = Promise.promise();
            quiet = waiting;
        }
        return waiting.future();
    }
}
