package io.paravert.vmm;

import io.paravert.vmm.bus.HostLoad;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.GuestRegisters;
import io.paravert.vmm.engine.PagingStatistics;
import io.paravert.vmm.engine.TranslationStatistics;
import io.paravert.vmm.engine.VcpuExit;
import io.paravert.vmm.exit.VcpuExits;
import io.paravert.vmm.pv.PvVcpu;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One vCPU and its thread. Whoever wants something of it sets a bit in {@link Requests} and wakes it; the thread looks at the
 * bits before it enters the guest and whenever it waits. {@link VcpuState} has the arrows, this class makes them:
 *
 * <pre>
 * CREATED --start()--> RUNNING --pause--> PAUSED --resume--> RUNNING
 *                      RUNNING --VCPU_STOP--> STOPPED --start()--> RUNNING
 *                      RUNNING --triple fault, engine failure--> FAILED
 *                      all but FAILED --the machine ends--> ENDED
 * </pre>
 */
final class Vcpu implements PvVcpu, Runnable {
    private static final long RFLAGS_IF = 1 << 9;

    private final int id;
    private final Machine machine;
    private final Lifecycle lifecycle;
    private final Requests requests = new Requests();
    private final VcpuExit exit = new VcpuExit();
    private final VcpuExits exits;
    private final Interrupts interrupts;
    private final Queue<Consumer<EngineVcpu>> commands = new ConcurrentLinkedQueue<>();
    private final Object engineLock = new Object();
    private final Thread thread;

    /** Null before the thread has made it and after it has closed it; kicks hold the lock, so that none hits a closed one. */
    private volatile @Nullable EngineVcpu engine;
    /** What the engine said of itself when it ended. */
    private volatile Optional<PagingStatistics> paging = Optional.empty();

    private volatile Optional<TranslationStatistics> translation = Optional.empty();
    /** The engine may be in the guest: a request must kick it. */
    private volatile boolean inGuest;

    /** Where it was when the time was up. */
    private volatile @Nullable CpuState atTimeout;

    private volatile VcpuState state = VcpuState.CREATED;
    private @Nullable CpuState startState;
    private boolean started;
    private int acknowledgedPause;
    /** Between the acknowledgement and the first thing done after the pause. Written by the vCPU's thread only. */
    private volatile boolean pauseNoticed;

    private @Nullable String crashMessage;

    Vcpu(int id, Machine machine, Lifecycle lifecycle) {
        this.id = id;
        this.machine = machine;
        this.lifecycle = lifecycle;
        this.exits = new VcpuExits(
                machine.name(),
                this,
                machine.claims(),
                machine.config().trace(),
                machine.config().latencies());
        this.interrupts = new Interrupts(id, machine);
        this.thread = new Thread(this, machine.name() + "-vcpu" + id);
        thread.setDaemon(true);
    }

    Thread thread() {
        return thread;
    }

    /** Any thread. A vCPU is paused from its acknowledgement on until the machine resumes, whatever it is besides. */
    VcpuState state() {
        boolean paused = pauseNoticed && (requests.get() & Requests.PAUSE) != 0;
        return paused ? VcpuState.PAUSED : state;
    }

    VcpuExits exits() {
        return exits;
    }

    /** Sets a request and makes the thread look at it. */
    void request(int bit) {
        requests.set(bit);
        if (inGuest) {
            kickEngine();
        } else {
            LockSupport.unpark(thread);
        }
    }

    private void kickEngine() {
        synchronized (engineLock) {
            EngineVcpu target = engine;
            if (target != null) {
                target.kick();
            }
        }
    }

    void clearPause() {
        requests.clear(Requests.PAUSE);
        LockSupport.unpark(thread);
    }

    /** Runs something on the vCPU's thread while the machine is paused. */
    void submit(Consumer<EngineVcpu> command) {
        commands.add(command);
        request(Requests.COMMAND);
    }

    @Override
    public synchronized boolean start(CpuState newState) {
        if (!isStopped()) {
            return false;
        }
        startState = newState;
        state = VcpuState.RUNNING;
        lifecycle.vcpuStarted();
        request(Requests.START);
        return true;
    }

    @Override
    public void requestStop() {
        if (!isStopped()) {
            request(Requests.STOP);
        }
    }

    @Override
    public boolean isStopped() {
        VcpuState now = state;
        return now == VcpuState.CREATED || now == VcpuState.STOPPED;
    }

    @Override
    public void raiseVector(int vector) {
        if (interrupts.raise(vector)) {
            request(Requests.EVENT);
        }
    }

    @Override
    public void notifyEvent() {
        request(Requests.EVENT);
    }

    @Override
    public int id() {
        return id;
    }

    /** The guest reported a crash in the call that is being served; on the vCPU's thread. */
    void reportCrash(String message) {
        crashMessage = message;
        requests.set(Requests.END);
    }

    @Override
    public int cpl() {
        return registers().cpl();
    }

    @Override
    public GuestRegisters registers() {
        return engine().registers();
    }

    @Override
    public long readTsc() {
        return engine().readTsc();
    }

    @Override
    public boolean hasDeliverableInterrupt() {
        return interrupts.isDeliverable(engine());
    }

    @Override
    public boolean takeKick() {
        return requests.take(Requests.KICK);
    }

    /** What paging has cost, if the engine tells. Any thread. */
    Optional<PagingStatistics> paging() {
        EngineVcpu running = engine;
        return running == null ? paging : running.pagingStatistics();
    }

    /** What translating has done, if the engine tells. Any thread. */
    Optional<TranslationStatistics> translation() {
        EngineVcpu running = engine;
        return running == null ? translation : running.translationStatistics();
    }

    /** Its registers when the machine ran out of time, if it did. Any thread. */
    Optional<CpuState> atTimeout() {
        return Optional.ofNullable(atTimeout);
    }

    private EngineVcpu engine() {
        EngineVcpu made = engine;
        if (made == null) {
            throw new IllegalStateException(thread.getName() + " has no engine vCPU outside its run");
        }
        return made;
    }

    @Override
    public boolean mustLeave() {
        int now = requests.get();
        if ((now & Requests.PAUSE) != 0) {
            acknowledgePause();
        } else if (pauseNoticed) {
            endPause();
        }
        return (now & (Requests.END | Requests.STOP)) != 0;
    }

    @Override
    public void park(long nanos) {
        HostLoad.leave();
        try {
            LockSupport.parkNanos(this, nanos);
        } finally {
            HostLoad.enter();
        }
    }

    private void park() {
        park(Long.MAX_VALUE);
    }

    @Override
    public void run() {
        HostLoad.enter();
        VcpuState last = VcpuState.ENDED;
        try (EngineVcpu made = machine.engineMachine().createVcpu(id)) {
            engine = made;
            try {
                while (step(made)) {
                    Thread.interrupted();
                }
            } finally {
                if (lifecycle.hasTimedOut()) {
                    atTimeout = readState(made);
                }
                synchronized (engineLock) {
                    paging = made.pagingStatistics();
                    translation = made.translationStatistics();
                    engine = null;
                }
            }
            last = lifecycle.isCrashOf(this) ? VcpuState.FAILED : VcpuState.ENDED;
        } catch (EngineException e) {
            last = VcpuState.FAILED;
            lifecycle.end(new VmOutcome.Failed("vCPU " + id + ": " + e.getMessage()));
        } catch (Throwable t) {
            last = VcpuState.FAILED;
            lifecycle.failedUnexpectedly(this, t);
        } finally {
            pauseNoticed = false;
            state = last;
            HostLoad.leave();
            lifecycle.vcpuGone();
        }
    }

    /** Serves requests, or enters the guest once and serves its exit. False when the thread is to end. */
    private boolean step(EngineVcpu made) {
        int now = requests.get();
        if (now != 0 && !serveRequests(made, now)) {
            return false;
        }
        if (!started && !machine.hasEngineInterrupts()) {
            if (requests.get() == 0) {
                park();
            }
            return true;
        }
        interrupts.prepareEntry(made);
        inGuest = true;
        if (requests.get() != 0) {
            inGuest = false;
            return true;
        }
        ExitReason reason = made.run(exit);
        inGuest = false;
        return serveExit(made, reason);
    }

    private boolean serveRequests(EngineVcpu made, int now) {
        if ((now & Requests.END) != 0) {
            return false;
        }
        if ((now & Requests.START) != 0) {
            takeStart(made);
        }
        if ((now & Requests.STOP) != 0) {
            stop(made);
        }
        if ((now & Requests.PAUSE) != 0) {
            pause(made);
        }
        requests.clear(Requests.EVENT | Requests.KICK | Requests.COMMAND);
        return true;
    }

    private synchronized void takeStart(EngineVcpu made) {
        requests.clear(Requests.START);
        CpuState begin = startState;
        if (begin != null) {
            startState = null;
            interrupts.clear();
            made.completePending();
            made.writeState(begin);
            started = true;
        }
    }

    private void stop(EngineVcpu made) {
        synchronized (this) {
            requests.clear(Requests.STOP);
            if (!started) {
                return;
            }
            made.completePending();
            started = false;
            state = VcpuState.STOPPED;
        }
        lifecycle.vcpuStopped();
    }

    private void pause(EngineVcpu made) {
        made.completePending();
        acknowledgePause();
        while ((requests.get() & (Requests.PAUSE | Requests.END)) == Requests.PAUSE) {
            // Again and again: the owner may have resumed and paused while this thread slept.
            acknowledgePause();
            requests.clear(Requests.COMMAND);
            for (var command = commands.poll(); command != null; command = commands.poll()) {
                command.accept(made);
            }
            park();
        }
        endPause();
    }

    private void acknowledgePause() {
        pauseNoticed = true;
        int number = lifecycle.pauseNumber();
        if (acknowledgedPause != number) {
            acknowledgedPause = number;
            lifecycle.vcpuPaused();
        }
    }

    private void endPause() {
        pauseNoticed = false;
        if ((requests.get() & Requests.END) == 0) {
            machine.services().refreshClock(this);
        }
    }

    private boolean serveExit(EngineVcpu made, ExitReason reason) {
        exits.serve(exit);
        switch (reason) {
            case PORT_READ, PORT_WRITE, MMIO_READ, MMIO_WRITE, HYPERCALL -> {
                String crash = crashMessage;
                if (crash != null) {
                    crash(made, CrashInfo.Cause.GUEST_REQUEST, crash);
                }
            }
            case HALT -> halt(made);
            case SHUTDOWN -> crash(made, CrashInfo.Cause.TRIPLE_FAULT, "");
            case FAILED -> crash(made, CrashInfo.Cause.ENGINE, exit.failure());
            case INTERRUPT_WINDOW, INTERRUPTED, DEBUG -> {
                // Nothing to serve: what was asked for is looked at before the next entry.
            }
        }
        return crashMessage == null && reason != ExitReason.SHUTDOWN && reason != ExitReason.FAILED;
    }

    /** Waits for an event, an interrupt, a kick, or any other request. */
    private void halt(EngineVcpu made) {
        if (requests.get() != 0 || interrupts.isPending()) {
            return;
        }
        CpuState halted = new CpuState();
        made.completePending();
        made.readState(halted);
        boolean deaf = (halted.rflags & RFLAGS_IF) == 0;
        if (deaf && lifecycle.vcpuHaltedDeaf()) {
            crash(made, CrashInfo.Cause.HALTED, "");
            return;
        }
        try {
            while (requests.get() == 0) {
                park();
            }
        } finally {
            if (deaf) {
                lifecycle.vcpuWoke();
            }
        }
    }

    private void crash(EngineVcpu made, CrashInfo.Cause cause, String message) {
        lifecycle.crashed(this, new CrashInfo(cause, id, message, readState(made), exits.last()));
    }

    /** As far as they can be had: the machine ends in any case. */
    private CpuState readState(EngineVcpu made) {
        CpuState last = new CpuState();
        try {
            made.completePending();
            made.readState(last);
        } catch (RuntimeException e) {
            machine.log().warn(() -> "cannot read the last registers of vCPU " + id + ": " + e.getMessage());
        }
        return last;
    }
}
