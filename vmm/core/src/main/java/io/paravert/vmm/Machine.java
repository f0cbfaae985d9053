package io.paravert.vmm;

import io.paravert.vmm.bus.HostedDevice;
import io.paravert.vmm.bus.RateLimitedLog;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import io.paravert.vmm.exit.Claims;
import io.paravert.vmm.memory.GuestMemory;
import io.paravert.vmm.pv.GuestConsole;
import io.paravert.vmm.pv.PvMachine;
import io.paravert.vmm.pv.PvServices;
import io.paravert.vmm.pv.PvVcpu;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parts of one virtual machine, put together by {@link Vm#create} and taken apart by {@link Vm#close}. */
final class Machine implements PvMachine {
    private final VmConfig config;
    private final int guestNumber;
    private final Vertx vertx;
    private final Context context;
    private final GuestMemory memory;
    private final RateLimitedLog log;
    private final Claims claims = new Claims();
    private final Lifecycle lifecycle;
    private final PvServices services;
    private final Vcpu[] vcpus;
    private final DeviceTable devices = new DeviceTable(claims);
    private volatile long features;
    private @Nullable EngineMachine engineMachine;

    Machine(VmConfig config, Vertx vertx, GuestMemory memory, long tscKilohertz) {
        this.config = config;
        this.guestNumber = PvServices.nextGuestNumber(config.directory());
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.memory = memory;
        this.log = new RateLimitedLog(config.name());
        this.vcpus = new Vcpu[config.vcpus()];
        this.lifecycle = new Lifecycle(this);
        this.services = new PvServices(this, config.directory(), context, config.console()::write, tscKilohertz);
        for (int id = 0; id < vcpus.length; id++) {
            vcpus[id] = new Vcpu(id, this, lifecycle);
        }
    }

    /** Makes the monitor's services known, then attaches the devices, so that a conflict names the device. */
    void attachDevices() {
        services.publish(!hasEngineInterrupts());
        for (DeviceAttachment attachment : config.devices()) {
            devices.admit(devices.attach(attachment.name(), attachment.device(), ground()));
        }
        features = PvServices.features(devices.all());
    }

    HostedDevice.Ground ground() {
        return new HostedDevice.Ground(
                config.name(),
                guestNumber,
                vcpus.length,
                vertx,
                memory,
                services.channels(),
                config.deviceDeadline(),
                log,
                claims,
                engineMachine != null);
    }

    /** A device came or went while the guest runs. Features only grow: the guest may have asked for them already. */
    synchronized void devicesChanged() {
        features |= PvServices.features(devices.all());
        services.channels().signalDeviceList();
    }

    void setEngineMachine(EngineMachine made) {
        engineMachine = made;
        devices.all().forEach(this::connectDoorbells);
    }

    /** From here on the engine takes the stores to a device's doorbells, if it can. */
    void connectDoorbells(HostedDevice device) {
        engineMachine().doorbellEvents().ifPresent(device::connectDoorbells);
    }

    VmConfig config() {
        return config;
    }

    Context context() {
        return context;
    }

    Lifecycle lifecycle() {
        return lifecycle;
    }

    PvServices services() {
        return services;
    }

    DeviceTable devices() {
        return devices;
    }

    Vcpu[] vcpus() {
        return vcpus;
    }

    boolean hasEngineInterrupts() {
        return config.interruptController() == InterruptController.ENGINE;
    }

    List<DeviceEntry> deviceEntries() {
        List<DeviceEntry> entries = new ArrayList<>();
        entries.add(DeviceEntry.console(services.console().sizeParameter()));
        entries.addAll(devices.entries());
        return entries;
    }

    /** Closes what is open, the last first; once. */
    void close() {
        EngineMachine made = engineMachine;
        if (made != null) {
            engineMachine = null;
            made.close();
        }
        services.stop();
        services.close();
        memory.close();
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public int guestNumber() {
        return guestNumber;
    }

    @Override
    public long features() {
        return features;
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }

    @Override
    public EngineMachine engineMachine() {
        EngineMachine made = engineMachine;
        if (made == null) {
            throw new IllegalStateException(name() + " has no engine's machine: it is not made yet, or closed");
        }
        return made;
    }

    @Override
    public Claims claims() {
        return claims;
    }

    @Override
    public Vertx vertx() {
        return vertx;
    }

    @Override
    public RateLimitedLog log() {
        return log;
    }

    @Override
    public int vcpuCount() {
        return vcpus.length;
    }

    @Override
    public PvVcpu vcpu(int id) {
        return vcpus[id];
    }

    @Override
    public @Nullable HostedDevice device(int number) {
        return devices.find(number);
    }

    @Override
    public byte @Nullable [] describeDevice(int index) {
        if (index == 0) {
            return DeviceEntry.console(services.console().sizeParameter()).toBytes();
        }
        DeviceEntry entry = devices.describe(index + GuestConsole.DEVICE);
        return entry == null ? null : entry.toBytes();
    }

    @Override
    public void shutdown(int code, boolean reboot) {
        lifecycle.end(new VmOutcome.Shutdown(code, reboot));
    }

    @Override
    public void crash(int vcpu, String message) {
        vcpus[vcpu].reportCrash(message.replaceAll("\\p{Cntrl}", " ").strip());
    }
}
