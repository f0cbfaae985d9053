package io.paravert.vmm;

import io.paravert.device.Device;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.HypercallTransport;
import io.paravert.vmm.engine.InterruptLines;
import io.paravert.vmm.engine.MachineSpec;
import io.paravert.vmm.exit.ExitLatencies;
import io.paravert.vmm.memory.GuestMemory;
import io.paravert.vmm.memory.MemoryRegion;
import io.paravert.vmm.pv.GuestConsole;
import io.paravert.vmm.pv.PvPlatform;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.HdrHistogram.Histogram;

/**
 * A virtual machine. Any thread may call any method; futures complete on the Vert.x context of the thread that created the
 * machine. {@link VmState} says in which states a method is allowed; elsewhere its future fails with {@link VmException}.
 *
 * <p>Each vCPU has a platform thread, named after the machine, from {@link #start} until the machine ends. Once it has ended
 * its memory and statistics stay readable until {@link #close}, which must come, whatever happened.
 */
public final class Vm implements AutoCloseable {
    private static final long JOIN_LIMIT = 5_000;

    private final Machine machine;
    private final Engine engine;
    private final HypercallTransport transport;
    private Future<Void> released = Future.failedFuture("not asked for");
    private boolean releasing;

    private Vm(Machine machine, Engine engine, HypercallTransport transport) {
        this.machine = machine;
        this.engine = engine;
        this.transport = transport;
    }

    /**
     * Makes a machine and loads its guest: memory, devices' claims, image, engine's machine. Nothing runs yet. On any failure
     * all that was made is closed again.
     *
     * @param engine stays open until the machine is closed
     * @throws VmException if a device or the transport cannot be had
     * @throws io.paravert.vmm.engine.EngineException if the engine cannot make it
     * @throws io.paravert.memory.HostMemoryException if the host has not enough memory
     * @throws RuntimeException what the guest's loader throws
     */
    public static Vm create(VmConfig config, Vertx vertx, Engine engine) {
        HypercallTransport transport = chooseTransport(config, engine);
        GuestMemory memory = GuestMemory.allocate(config.memoryBytes());
        Machine machine = null;
        try {
            machine = new Machine(config, vertx, memory, engine.tscKilohertz());
            assemble(machine, engine, transport);
            return new Vm(machine, engine, transport);
        } catch (RuntimeException | Error e) {
            if (machine == null) {
                memory.close();
            } else {
                machine.close();
            }
            throw e;
        }
    }

    private static HypercallTransport chooseTransport(VmConfig config, Engine engine) {
        HypercallTransport wanted =
                config.transport().orElseGet(() -> engine.transports().get(0));
        if (!engine.transports().contains(wanted)) {
            throw new VmException("the engine " + engine.name() + " has no transport " + wanted + " here: give one of "
                    + engine.transports());
        }
        return wanted;
    }

    private static void assemble(Machine machine, Engine engine, HypercallTransport transport) {
        VmConfig config = machine.config();
        machine.attachDevices();
        PvPlatform platform = PvPlatform.of(engine, transport, machine.features(), config.vcpus());
        platform.writePages(machine.memory());
        BootFacts facts = new BootFacts(
                platform.features(),
                platform.offered(),
                platform.transport(),
                config.vcpus(),
                machine.memory().ramBytes(),
                platform.tscKilohertz(),
                0,
                machine.guestNumber(),
                machine.deviceEntries());
        GuestEntry entry = config.loader().load(machine.memory(), facts);
        machine.lifecycle().setEntry(entry.state());
        EngineMachine made = engine.createMachine(new MachineSpec(
                config.name(),
                config.vcpus(),
                config.interruptController(),
                transport,
                config.paging(),
                platform.cpuid()));
        machine.setEngineMachine(made);
        made.writeObserver().ifPresent(machine.memory()::setWriteObserver);
        for (MemoryRegion region : machine.memory().regions()) {
            made.mapMemory(region.gpa(), region.hostAddress(), region.bytes(), !region.writable());
        }
    }

    public String name() {
        return machine.name();
    }

    public VmState state() {
        return machine.lifecycle().state();
    }

    /** @param vcpu 0 to the number of vCPUs less one */
    public VcpuState vcpuState(int vcpu) {
        return machine.vcpus()[vcpu].state();
    }

    public GuestMemory memory() {
        return machine.memory();
    }

    public GuestConsole console() {
        return machine.services().console();
    }

    /** Number by which other guests of the same directory name this one. */
    public int guestNumber() {
        return machine.guestNumber();
    }

    /** CREATED -> RUNNING: starts the devices, then the vCPUs. If a device does not start, the machine ends as failed. */
    public Future<Void> start() {
        return machine.lifecycle().start();
    }

    /** RUNNING -> PAUSED: completes when every vCPU is out of the guest, within 10 ms unless the host is overloaded. */
    public Future<Void> pause() {
        return machine.lifecycle().pause();
    }

    /** PAUSED -> RUNNING. */
    public Future<Void> resume() {
        return machine.lifecycle().resume();
    }

    /** Ends the machine, whatever it does: {@link VmOutcome.Stopped}, unless it has an outcome already. */
    public Future<VmOutcome> stop() {
        machine.lifecycle().end(new VmOutcome.Stopped());
        return ended();
    }

    /** Makes every vCPU leave the guest once, or end a HALT or a wait in a call. No effect on one that does not run. */
    public void kick() {
        for (Vcpu vcpu : machine.vcpus()) {
            vcpu.request(Requests.KICK);
        }
    }

    /**
     * Adds a device while the guest runs or is paused: it is attached on the caller's thread and started, then the guest can
     * reach it and is told so by the event DEVICE_LIST.
     *
     * @param name as in {@link VmConfig.Builder#device}; one that a detached device had gives its number back
     * @return the device's number; {@link VmException} if it fails or claims what is taken, and nothing has changed then
     */
    public Future<Integer> attachDevice(String name, Device device) {
        return new HotPlug(machine).attach(name, device);
    }

    /**
     * Takes a device away while the guest runs or is paused. From now on the guest finds nothing there; what was under way is
     * answered, rings are closed, and the device is stopped when the future completes.
     */
    public Future<Void> detachDevice(String name) {
        return new HotPlug(machine).detach(name);
    }

    /** Asks the guest to shut down by itself; false if it has bound no channel for that. */
    public boolean requestShutdown() {
        return machine.services().channels().requestShutdown();
    }

    /** The engine's interrupt controllers, if the machine was made with them. Until the machine is closed. */
    public Optional<InterruptLines> interruptLines() {
        return machine.engineMachine().interruptLines();
    }

    /** A device's way to end the machine as its guest has asked: {@link VmOutcome.Shutdown}. Any thread. */
    public void guestShutdown(int code, boolean reboot) {
        machine.shutdown(code, reboot);
    }

    /**
     * A device's way to say that its guest has crashed: {@link VmOutcome.Crashed}. Only while it serves an access of that vCPU
     * inline.
     */
    public void guestCrash(int vcpu, String message) {
        machine.crash(vcpu, message);
    }

    /** Completes when the machine has ended: no vCPU runs, devices have stopped, the console's output is written. Never fails. */
    public Future<VmOutcome> ended() {
        return machine.lifecycle().ended();
    }

    /** A vCPU's registers; PAUSED only. */
    public Future<CpuState> registers(int vcpu) {
        try {
            machine.lifecycle().requirePaused("show registers");
        } catch (VmException e) {
            return Future.failedFuture(e);
        }
        Promise<CpuState> promise = Promise.promise();
        machine.vcpus()[vcpu].submit(engineVcpu -> {
            CpuState state = new CpuState();
            engineVcpu.readState(state);
            machine.context().runOnContext(ignored -> promise.tryComplete(state));
        });
        return promise.future();
    }

    /** A vCPU's registers when the machine ran out of time; empty with any other outcome, or none yet. */
    public Optional<CpuState> registersAtTimeout(int vcpu) {
        return machine.vcpus()[vcpu].atTimeout();
    }

    public VmStatistics statistics() {
        return StatisticsView.of(machine, engine.name(), transport.name());
    }

    /** How long exits took to serve, ns, by reason; empty unless {@link VmConfig#latencies} asked for it. */
    public Map<ExitReason, Histogram> latencies(int vcpu) {
        Optional<ExitLatencies> kept = machine.vcpus()[vcpu].exits().latencies();
        return kept.map(ExitLatencies::snapshot).orElse(Map.of());
    }

    /** Ends the machine if it has not ended, then gives back all it has. Idempotent. */
    public Future<Void> release() {
        synchronized (this) {
            if (!releasing) {
                releasing = true;
                // Not on the event loop: the kernel can take long to take a machine apart, and others wait on that
                // loop.
                released = stop().compose(outcome -> machine.context()
                        .executeBlocking(
                                () -> {
                                    machine.close();
                                    return outcome;
                                },
                                false)
                        .mapEmpty());
            }
            return released;
        }
    }

    /**
     * As {@link #release}, and waits for it and for the vCPU threads.
     *
     * @throws IllegalStateException on an event loop, which must not wait
     */
    @Override
    public void close() {
        if (Context.isOnEventLoopThread()) {
            throw new IllegalStateException(name() + ": close() would block an event loop: use release()");
        }
        try {
            release().toCompletionStage().toCompletableFuture().get();
            for (Vcpu vcpu : machine.vcpus()) {
                vcpu.thread().join(JOIN_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new VmException(name() + " could not be closed: " + e.getCause(), e);
        }
    }
}
