package io.paravert.vmm.pv;

import io.paravert.vmm.bus.HostedDevice;
import io.paravert.vmm.bus.RateLimitedLog;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.exit.Claims;
import io.paravert.vmm.memory.GuestMemory;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/** The machine as the services see it. Any thread. */
public interface PvMachine {
    String name();

    int guestNumber();

    long features();

    GuestMemory memory();

    EngineMachine engineMachine();

    Claims claims();

    Vertx vertx();

    RateLimitedLog log();

    int vcpuCount();

    /** @param id 0 to {@link #vcpuCount} less one */
    PvVcpu vcpu(int id);

    /** The device of that number, or null. */
    @Nullable HostedDevice device(int number);

    /** The ABI's Device structure of the device at a place in the list, or null past the last. */
    byte @Nullable [] describeDevice(int index);

    /** The guest ends itself. Returns at once; no vCPU enters the guest again. */
    void shutdown(int code, boolean reboot);

    /** The guest reports a crash. Returns at once; no vCPU enters the guest again. */
    void crash(int vcpu, String message);
}
