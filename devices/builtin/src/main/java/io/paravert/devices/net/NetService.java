package io.paravert.devices.net;

import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.device.GuestAddressException;
import io.paravert.device.GuestBuffer;
import io.paravert.devices.path.Completions;
import io.paravert.devices.path.IoRequest;
import io.paravert.devices.path.IoService;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A network interface's logic: what it sends goes to its back end, what comes waits in a bounded queue until the guest takes
 * it, by a request of its own or into buffers that a driver has ready. Frames are given out in the order in which they came.
 */
public final class NetService implements IoService {
    /** Frames given out before others on this context have their turn. */
    private static final int TURN = 64;
    /** Receive requests that wait at most. */
    private static final int WAITING = 4096;

    private final NetBackend backend;
    private final NetIdentity identity;
    private final NetCounters counters = new NetCounters();
    private final FrameQueue inbox;
    private final byte[] outgoing;
    private final ArrayDeque<IoRequest> waiting = new ArrayDeque<>();
    /** A delivery is on its way to the device's context. */
    private final AtomicBoolean scheduled = new AtomicBoolean();

    /** Null before the start and after the stop. */
    private volatile @Nullable Completions completions;

    private @Nullable FrameReceiver receiver;
    private Runnable arrivals = () -> {};
    private boolean linkUp = true;

    public NetService(NetBackend backend, NetIdentity identity) {
        this.backend = backend;
        this.identity = identity;
        this.inbox = new FrameQueue(identity.frameBytes());
        this.outgoing = new byte[identity.frameBytes()];
    }

    public NetIdentity identity() {
        return identity;
    }

    public NetCounters counters() {
        return counters;
    }

    /** A driver that is served beside the requests; while the device is attached. */
    void setReceiver(FrameReceiver driver) {
        receiver = driver;
    }

    /** What is to be done when a frame waits that nobody has asked for; while the device is attached. */
    void onArrival(Runnable tell) {
        arrivals = tell;
    }

    /** @param bridge by which frames come from other threads; started before this */
    Future<Void> start(Vertx vertx, Completions bridge) {
        completions = bridge;
        return backend.start(vertx, new Input());
    }

    /** From here on nothing comes any more, and nothing is given out. */
    Future<Void> stop() {
        completions = null;
        return backend.stop();
    }

    /** The back end's end of the interface. */
    private final class Input implements NetInput {
        private final Runnable deliveries = NetService.this::arrived;

        @Override
        public boolean deliver(byte[] bytes, int offset, int length) {
            if (length < Frame.HEADER || !inbox.offer(bytes, offset, length)) {
                counters.countReceiveDrop();
                return false;
            }
            if (scheduled.compareAndSet(false, true)) {
                post(deliveries);
            }
            return true;
        }

        @Override
        public void linkChanged(boolean up) {
            post(() -> changeLink(up));
        }
    }

    private void post(Runnable task) {
        Completions bridge = completions;
        if (bridge != null) {
            bridge.post(task);
        }
    }

    private void changeLink(boolean up) {
        if (linkUp != up) {
            linkUp = up;
            FrameReceiver driver = receiver;
            if (driver != null) {
                driver.linkChanged(up);
            }
        }
    }

    @Override
    public void submit(IoRequest request) {
        if (request.op() == IoOp.SEND) {
            send(request);
        } else if (request.op() == IoOp.RECEIVE) {
            receive(request);
        } else {
            request.complete(-PvError.ENOTSUP);
        }
    }

    @Override
    public boolean cancel(IoRequest request) {
        return waiting.remove(request);
    }

    private void send(IoRequest request) {
        int wrong = check(request.bytes());
        if (wrong == 0) {
            request.read(outgoing, 0, (int) request.bytes());
            wrong = pass((int) request.bytes());
        }
        request.complete(wrong == 0 ? request.bytes() : -wrong);
    }

    /** Sends a frame that lies in guest memory; 0, or the error. */
    int send(GuestBuffer source, long at, long bytes) {
        int wrong = check(bytes);
        if (wrong != 0) {
            return wrong;
        }
        source.read(at, outgoing, 0, (int) bytes);
        return pass((int) bytes);
    }

    private int check(long bytes) {
        if (bytes < Frame.HEADER || bytes > outgoing.length) {
            counters.countSendError();
            return bytes < Frame.HEADER ? PvError.EINVAL : PvError.EMSGSIZE;
        }
        return 0;
    }

    private int pass(int bytes) {
        if (!linkUp || !backend.send(outgoing, bytes)) {
            counters.countSendDrop();
            return PvError.EAGAIN;
        }
        counters.countSent();
        return 0;
    }

    private void receive(IoRequest request) {
        Frame frame = waiting.isEmpty() ? inbox.peek() : null;
        if (request.bytes() < Frame.HEADER) {
            request.complete(-PvError.EINVAL);
        } else if (frame != null) {
            give(frame, request);
        } else if (waiting.size() == WAITING) {
            request.complete(-PvError.EAGAIN);
        } else {
            waiting.add(request);
        }
    }

    /** Completes a receive request; a frame that is too long for it stays for the next. */
    private void give(Frame frame, IoRequest request) {
        int length = frame.length;
        if (length > request.bytes()) {
            request.complete(-PvError.EMSGSIZE);
            return;
        }
        long result = length;
        try {
            request.data().write(request.dataAt(), frame.bytes, 0, length);
            counters.countReceived();
        } catch (GuestAddressException e) {
            counters.countReceiveDrop();
            result = -PvError.EFAULT;
        }
        inbox.remove();
        request.complete(result);
    }

    /** Frames may have come from another thread. */
    private void arrived() {
        // Cleared first: what comes from here on either is seen below or is announced anew.
        scheduled.set(false);
        deliver();
    }

    /** Gives out what waits, as far as it is wanted. */
    void deliver() {
        if (completions == null) {
            return;
        }
        int turn = 0;
        for (Frame frame = inbox.peek(); frame != null; frame = inbox.peek()) {
            if (turn++ == TURN) {
                if (scheduled.compareAndSet(false, true)) {
                    post(this::arrived);
                }
                return;
            }
            IoRequest request = waiting.poll();
            if (request != null) {
                give(frame, request);
            } else if (!giveToDriver(frame)) {
                return;
            }
        }
    }

    private boolean giveToDriver(Frame frame) {
        FrameReceiver driver = receiver;
        if (driver == null || !driver.isReady()) {
            arrivals.run();
            return false;
        }
        if (!driver.receive(frame)) {
            return false;
        }
        inbox.remove();
        return true;
    }
}
