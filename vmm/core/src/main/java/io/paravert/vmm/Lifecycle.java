package io.paravert.vmm;

import io.paravert.vmm.bus.HostedDevice;
import io.paravert.vmm.engine.CpuState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a machine: {@link VmState} has the arrows, this class makes them. Callers come from any thread; vCPU threads
 * report here what they did. The lock is never held while a vCPU's lock is taken or a device is called.
 *
 * <pre>
 * CREATED --start, when all devices have started--> RUNNING
 * RUNNING --pause, when the last vCPU has left the guest--> PAUSED --resume--> RUNNING
 * any --end(outcome): vCPU threads leave, then devices stop, then the console drains--> STOPPED or FAILED
 * </pre>
 */
final class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger("io.paravert.vmm");
    private static final long CONSOLE_DRAIN_LIMIT = 1_000;
    private static final long NO_TIMER = -1;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Machine machine;
    private final Promise<VmOutcome> ended = Promise.promise();
    /** vCPUs that the guest has started and not stopped. */
    private final AtomicInteger running = new AtomicInteger();
    /** vCPUs that halted with interrupts off. */
    private final AtomicInteger deaf = new AtomicInteger();

    private VmState state = VmState.CREATED;
    private boolean starting;
    private @Nullable VmOutcome outcome;
    private @Nullable Vcpu crashedVcpu;
    private @Nullable CpuState entry;
    private @Nullable Promise<Void> pausing;
    private int liveThreads;
    private int pausedThreads;
    private volatile int pauseNumber;
    private long timer = NO_TIMER;

    Lifecycle(Machine machine) {
        this.machine = machine;
    }

    synchronized VmState state() {
        return state;
    }

    Future<VmOutcome> ended() {
        return ended.future();
    }

    /** How the first vCPU begins; before {@link #start}. */
    void setEntry(CpuState state) {
        entry = state;
    }

    private VmException refused(String what) {
        return new VmException(
                machine.name() + " cannot " + what + ": it is " + (outcome != null ? "ending" : describeState()));
    }

    private String describeState() {
        if (starting) {
            return "starting";
        }
        return pausing != null ? "pausing" : state.name().toLowerCase(Locale.ROOT);
    }

    /** CREATED -> RUNNING. */
    Future<Void> start() {
        synchronized (this) {
            if (state != VmState.CREATED || starting || outcome != null) {
                return Future.failedFuture(refused("start"));
            }
            starting = true;
        }
        long limit = machine.config().deviceDeadline().toMillis() + 1;
        List<Future<Void>> starts = new ArrayList<>();
        for (HostedDevice device : machine.devices().all()) {
            starts.add(device.start()
                    .timeout(limit, TimeUnit.MILLISECONDS)
                    .recover(e -> Future.failedFuture(
                            new VmException("device " + device.name() + " did not start: " + e.getMessage(), e))));
        }
        Future<?> all = starts.isEmpty() ? Future.succeededFuture() : Future.join(starts);
        return all.transform(done -> {
            if (done.failed()) {
                startFailed(String.valueOf(done.cause().getMessage()));
                return Future.failedFuture(done.cause());
            }
            return launch();
        });
    }

    private void startFailed(String why) {
        synchronized (this) {
            starting = false;
            if (outcome != null) {
                // It was ended meanwhile, and that waited for the devices.
                finishLater();
                return;
            }
        }
        end(new VmOutcome.Failed(why));
    }

    private Future<Void> launch() {
        Vcpu[] vcpus = machine.vcpus();
        synchronized (this) {
            starting = false;
            if (outcome != null) {
                finishLater();
                return Future.failedFuture(refused("start"));
            }
            state = VmState.RUNNING;
            liveThreads = vcpus.length;
            machine.services().clock().run();
            armTimer();
        }
        CpuState first = entry;
        if (first != null) {
            vcpus[0].start(first);
        }
        for (Vcpu vcpu : vcpus) {
            vcpu.thread().start();
        }
        return Future.succeededFuture();
    }

    /** RUNNING -> PAUSED, when all vCPUs are out of the guest. */
    Future<Void> pause() {
        // The bits are set and cleared under the lock: a resume that is overtaken by the next pause must not clear its
        // bits.
        synchronized (this) {
            if (pausing != null) {
                return pausing.future();
            }
            if (state != VmState.RUNNING || outcome != null) {
                return Future.failedFuture(refused("pause"));
            }
            Promise<Void> promise = Promise.promise();
            pausing = promise;
            pausedThreads = 0;
            pauseNumber = pauseNumber + 1;
            disarmTimer();
            for (Vcpu vcpu : machine.vcpus()) {
                vcpu.request(Requests.PAUSE);
            }
            return promise.future();
        }
    }

    /** Which pause it is, so that a vCPU acknowledges each once. */
    int pauseNumber() {
        return pauseNumber;
    }

    /** A vCPU is out of the guest and stays there; on its thread. */
    void vcpuPaused() {
        Promise<Void> done;
        synchronized (this) {
            pausedThreads++;
            done = pausing;
            if (done == null || outcome != null || pausedThreads < liveThreads) {
                return;
            }
            pausing = null;
            state = VmState.PAUSED;
            machine.services().suspend();
        }
        complete(done, null);
    }

    /** PAUSED -> RUNNING. */
    Future<Void> resume() {
        synchronized (this) {
            if (state != VmState.PAUSED || outcome != null) {
                return Future.failedFuture(refused("resume"));
            }
            state = VmState.RUNNING;
            machine.services().clock().run();
            armTimer();
            for (Vcpu vcpu : machine.vcpus()) {
                vcpu.clearPause();
            }
        }
        return Future.succeededFuture();
    }

    /** Runs something on each vCPU's thread; PAUSED only. */
    void requirePaused(String what) {
        synchronized (this) {
            if (state != VmState.PAUSED || outcome != null) {
                throw refused(what);
            }
        }
    }

    /** @throws VmException unless the guest runs or is paused */
    synchronized void requireStarted(String what) {
        if ((state != VmState.RUNNING && state != VmState.PAUSED) || outcome != null) {
            throw refused(what);
        }
    }

    /**
     * Does something that {@link #finish} must not miss: the machine cannot end meanwhile.
     *
     * @throws VmException unless the guest runs or is paused
     */
    synchronized void whileStarted(String what, Runnable task) {
        requireStarted(what);
        task.run();
    }

    /** Any -> STOPPED or FAILED; the first outcome counts, later ones are ignored. */
    void end(VmOutcome how) {
        Promise<Void> interrupted;
        synchronized (this) {
            if (outcome != null) {
                return;
            }
            outcome = how;
            disarmTimer();
            interrupted = pausing;
            pausing = null;
            if (liveThreads == 0 && !starting) {
                finishLater();
            }
        }
        if (interrupted != null) {
            interrupted.tryFail(new VmException(machine.name() + " ended before it was paused"));
        }
        for (Vcpu vcpu : machine.vcpus()) {
            vcpu.request(Requests.END);
        }
    }

    void crashed(Vcpu vcpu, CrashInfo crash) {
        synchronized (this) {
            if (outcome == null) {
                crashedVcpu = vcpu;
            }
        }
        end(new VmOutcome.Crashed(crash));
    }

    synchronized boolean isCrashOf(Vcpu vcpu) {
        return crashedVcpu == vcpu;
    }

    synchronized boolean hasTimedOut() {
        return outcome instanceof VmOutcome.TimedOut;
    }

    void failedUnexpectedly(Vcpu vcpu, Throwable failure) {
        LOG.error("{}: vCPU {} failed inside the monitor", machine.name(), vcpu.id(), failure);
        end(new VmOutcome.Failed("vCPU " + vcpu.id() + " failed inside the monitor: " + failure));
    }

    void vcpuStarted() {
        running.incrementAndGet();
    }

    void vcpuStopped() {
        if (running.decrementAndGet() == 0) {
            end(new VmOutcome.Shutdown(0, false));
        }
    }

    /** A vCPU halted with interrupts off; true if nothing can wake any vCPU any more. */
    boolean vcpuHaltedDeaf() {
        return deaf.incrementAndGet() >= running.get()
                && !machine.services().channels().isAnyBound();
    }

    void vcpuWoke() {
        deaf.decrementAndGet();
    }

    /** The last act of a vCPU's thread. */
    synchronized void vcpuGone() {
        liveThreads--;
        if (liveThreads > 0) {
            return;
        }
        if (outcome == null) {
            outcome = new VmOutcome.Failed(machine.name() + ": all vCPU threads left without a reason");
        }
        finishLater();
    }

    private void finishLater() {
        machine.context().runOnContext(ignored -> finish());
    }

    private void finish() {
        machine.services().stop();
        List<Future<Void>> stops = new ArrayList<>();
        machine.devices().all().forEach(device -> stops.add(device.stop()));
        Future<?> devices = stops.isEmpty() ? Future.succeededFuture() : Future.join(stops);
        devices.transform(done -> machine.services()
                        .console()
                        .drained()
                        .timeout(CONSOLE_DRAIN_LIMIT, TimeUnit.MILLISECONDS)
                        .otherwiseEmpty())
                .onComplete(done -> {
                    VmOutcome how;
                    synchronized (this) {
                        how = outcome == null ? new VmOutcome.Stopped() : outcome;
                        boolean failed = how instanceof VmOutcome.Crashed || how instanceof VmOutcome.Failed;
                        state = failed ? VmState.FAILED : VmState.STOPPED;
                        machine.services().clock().freeze();
                    }
                    complete(ended, how);
                });
    }

    private <T> void complete(Promise<T> promise, @Nullable T value) {
        machine.context().runOnContext(ignored -> promise.tryComplete(value));
    }

    private void armTimer() {
        Duration limit = machine.config().timeout();
        if (limit.isZero()) {
            return;
        }
        long left = limit.toNanos() - machine.services().clock().now();
        long millis = Math.max(1, (left + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
        timer = machine.vertx().setTimer(millis, id -> timedOut(id, limit));
    }

    private void timedOut(long id, Duration limit) {
        synchronized (this) {
            if (timer != id) {
                return;
            }
            timer = NO_TIMER;
        }
        end(new VmOutcome.TimedOut(limit));
    }

    private void disarmTimer() {
        if (timer != NO_TIMER) {
            machine.vertx().cancelTimer(timer);
            timer = NO_TIMER;
        }
    }
}
