package io.paravert.vmm.bus;

import io.paravert.abi.PvError;
import io.paravert.device.DeviceError;
import io.paravert.device.GuestAddressException;
import io.paravert.vmm.exit.CallingVcpu;
import io.paravert.vmm.exit.ClaimOwner;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A device's end of the bus: requests of vCPUs go in, one answer each comes out, whatever the device does.
 *
 * <p>A device that let a deadline pass is unresponsive until it finishes something again: meanwhile one request in each
 * deadline's time is given to it, and the rest fail at once, so that a guest does not hang for every access to a dead device.
 */
public final class DeviceEndpoint {
    /** Slice of waiting for room: so long can a stop or pause wait, ns. */
    private static final long ROOM_WAIT = 1_000_000;

    private final Vertx vertx;
    private final ClaimOwner owner;
    private final String address;
    private final long deadline;
    private final RateLimitedLog log;
    private final InFlight inFlight = new InFlight();
    private final AdaptiveWait[] waits;
    /** When the device let a deadline pass or was last tried since, {@link System#nanoTime}; 0 while it responds. */
    private final AtomicLong unresponsiveSince = new AtomicLong();

    /** Threads that are about to send. */
    private final AtomicInteger sending = new AtomicInteger();

    private volatile boolean stopping;
    private volatile @Nullable Thread servingThread;
    private volatile @Nullable Exchange serving;
    private volatile boolean closed;

    DeviceEndpoint(Vertx vertx, ClaimOwner owner, String address, int vcpus, Duration deadline, RateLimitedLog log) {
        this.vertx = vertx;
        this.owner = owner;
        this.address = address;
        this.deadline = deadline.toNanos();
        this.log = log;
        this.waits = new AdaptiveWait[vcpus];
        for (int i = 0; i < vcpus; i++) {
            waits[i] = new AdaptiveWait();
        }
    }

    String address() {
        return address;
    }

    /** Asks the device and waits for its answer; on a vCPU's thread. */
    long call(Exchange exchange, CallingVcpu vcpu) {
        owner.calls().increment();
        if (isGivenUp()) {
            owner.failures().increment();
            return exchange.failure(PvError.ETIMEDOUT);
        }
        if (!send(exchange)) {
            owner.failures().increment();
            return exchange.failure(PvError.ENODEV);
        }
        if (waits[vcpu.id()].await(exchange, vcpu, exchange.sentAt() + deadline) || !exchange.abandon()) {
            return exchange.result();
        }
        if (vcpu.mustLeave()) {
            return exchange.failure(PvError.ECANCELED);
        }
        timedOut(() -> exchange.describe() + " was not answered within " + deadline / 1_000_000 + " ms");
        return exchange.failure(PvError.ETIMEDOUT);
    }

    /** Tells the device and goes on, unless too much is in flight: then it waits for room. On a vCPU's thread. */
    void post(Exchange exchange, CallingVcpu vcpu) {
        owner.posts().increment();
        if (isGivenUp() || !waitForRoom(exchange, vcpu)) {
            owner.failures().increment();
            return;
        }
        if (!send(exchange)) {
            inFlight.leave(exchange);
            owner.failures().increment();
        }
    }

    /** False if the device has gone: then nobody would answer. */
    private boolean send(Exchange exchange) {
        sending.incrementAndGet();
        try {
            if (closed) {
                return false;
            }
            vertx.eventBus().send(address, exchange, ExchangeCodec.DELIVERY);
            return true;
        } finally {
            sending.decrementAndGet();
        }
    }

    /** Tells the device from any thread; for what the caller keeps few of. */
    void tell(Exchange exchange) {
        vertx.eventBus().send(address, exchange, ExchangeCodec.DELIVERY);
    }

    private boolean waitForRoom(Exchange exchange, CallingVcpu vcpu) {
        if (inFlight.tryEnter(exchange)) {
            return true;
        }
        owner.throttled().increment();
        long end = System.nanoTime() + deadline;
        while (!vcpu.mustLeave()) {
            if (inFlight.tryEnter(exchange)) {
                return true;
            }
            if (System.nanoTime() - end >= 0) {
                int lost = inFlight.reclaim(end - deadline);
                timedOut(() -> "finished none of " + InFlight.LIMIT + " posted requests within " + deadline / 1_000_000
                        + " ms; " + lost + " are given up");
                return false;
            }
            vcpu.park(ROOM_WAIT);
        }
        return false;
    }

    private boolean isGivenUp() {
        if (closed) {
            return true;
        }
        long since = unresponsiveSince.get();
        if (since == 0) {
            return false;
        }
        long now = System.nanoTime();
        return now - since < deadline || !unresponsiveSince.compareAndSet(since, now | 1);
    }

    private void timedOut(Supplier<String> what) {
        owner.failures().increment();
        unresponsiveSince.set(System.nanoTime() | 1);
        log.warn(() -> "device " + owner.name() + ": " + what.get() + whereItIs());
    }

    /** What the device's thread is busy with, for its author. */
    private String whereItIs() {
        Exchange busy = serving;
        Thread thread = servingThread;
        if (busy == null || thread == null) {
            return "";
        }
        StackTraceElement[] stack = thread.getStackTrace();
        return "; its thread is still in " + busy.describe() + (stack.length == 0 ? "" : ", at " + stack[0]);
    }

    /** Serves a request; on the device's context. */
    void serve(Exchange exchange) {
        if (exchange.isAbandoned()) {
            return;
        }
        serving = exchange;
        servingThread = Thread.currentThread();
        Future<Long> answer;
        try {
            answer = exchange.ask();
            if (answer == null) {
                throw new IllegalStateException("the handler returned null instead of a future");
            }
        } catch (Throwable t) {
            finish(exchange, null, t);
            return;
        } finally {
            serving = null;
        }
        if (answer.isComplete()) {
            finish(exchange, answer);
        } else {
            answer.onComplete(result -> finish(exchange, result));
        }
    }

    private void finish(Exchange exchange, AsyncResult<Long> result) {
        finish(exchange, result.result(), result.succeeded() ? null : result.cause());
    }

    private void finish(Exchange exchange, @Nullable Long value, @Nullable Throwable failure) {
        unresponsiveSince.set(0);
        long result = failure == null ? (value == null ? 0 : value) : errorFor(exchange, failure);
        boolean first = exchange.answer(result);
        if (exchange.isPosted()) {
            first = inFlight.leave(exchange) && first;
        }
        if (!first) {
            if (!exchange.isAbandoned()) {
                owner.failures().increment();
            }
            long late = (System.nanoTime() - exchange.sentAt()) / 1_000_000;
            log.warn(() -> "device " + owner.name() + " answered " + exchange.describe()
                    + (exchange.isAbandoned() ? " too late, after " + late + " ms" : " again") + "; that is ignored");
        }
    }

    private long errorFor(Exchange exchange, Throwable failure) {
        if (failure instanceof DeviceError error) {
            return exchange.failure(error.number());
        }
        if (failure instanceof GuestAddressException) {
            return exchange.failure(PvError.EFAULT);
        }
        owner.failures().increment();
        log.warn(() -> "device " + owner.name() + " failed " + exchange.describe() + ": " + inOneLine(failure));
        return exchange.failure(PvError.EIO);
    }

    /** What the device let escape outside its handlers. */
    void uncaught(Throwable failure) {
        owner.failures().increment();
        log.warn(() -> "device " + owner.name() + " threw outside a request: " + inOneLine(failure));
    }

    static String inOneLine(Throwable failure) {
        StackTraceElement[] stack = failure.getStackTrace();
        String where = stack.length == 0 ? "" : " at " + stack[0];
        return String.valueOf(failure).replace('\n', ' ') + where;
    }

    /** The device goes away: nothing is sent to it any more. */
    void close() {
        closed = true;
        // A send takes well under a microsecond; when all are over, all that was sent is queued on the device's
        // context.
        while (sending.get() > 0) {
            Thread.onSpinWait();
        }
    }

    /** The device's context has come to its stop. */
    void stopping() {
        stopping = true;
    }

    boolean isStopping() {
        return stopping;
    }

    /** The thread that serves a request right now, or null. */
    @Nullable Thread busyThread() {
        return serving == null ? null : servingThread;
    }
}
