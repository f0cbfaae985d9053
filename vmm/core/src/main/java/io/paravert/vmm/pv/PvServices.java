package io.paravert.vmm.pv;

import io.paravert.abi.CallRange;
import io.paravert.abi.DeviceType;
import io.paravert.abi.Feature;
import io.paravert.vmm.bus.HostedDevice;
import io.paravert.vmm.exit.Claim;
import io.paravert.vmm.exit.ClaimKind;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** All services of the ABI for one machine, put together. */
public final class PvServices {
    private final PvMachine machine;
    private final VmClock clock = new VmClock();
    private final EventChannels channels;
    private final Grants grants;
    private final GuestDirectory directory;
    private final GuestConsole console;
    private final Alarms alarms;
    private final ClockCalls clockCalls;
    private final ShareCalls shareCalls;
    private final Hypercalls hypercalls;
    private final RingCalls rings;

    /**
     * @param directory the guest's peers; {@link PvMachine#guestNumber} comes from it
     * @param context whose timers and worker threads are used
     */
    public PvServices(
            PvMachine machine,
            GuestDirectory directory,
            Context context,
            GuestConsole.Output output,
            long tscKilohertz) {
        this.machine = machine;
        this.directory = directory;
        this.channels = new EventChannels(machine);
        this.grants = new Grants(machine.memory());
        this.console = new GuestConsole(
                machine.memory(),
                context,
                output,
                () -> channels.signalDeviceEvent(GuestConsole.DEVICE, 0),
                machine.log());
        this.alarms = new Alarms(machine.vertx(), clock, channels);
        this.clockCalls = new ClockCalls(machine, clock, alarms, tscKilohertz);
        this.shareCalls = new ShareCalls(machine, grants, directory);
        this.hypercalls = new Hypercalls(machine.claims(), machine.vcpuCount());
        this.rings = new RingCalls(machine, channels);
    }

    /** The number of the next guest. */
    public static int nextGuestNumber(GuestDirectory directory) {
        return directory.nextNumber();
    }

    /**
     * Makes the calls, ports and pages of the ABI known, and the guest to its peers.
     *
     * @param monitorInterrupts whether the monitor injects interrupts itself
     */
    public void publish(boolean monitorInterrupts) {
        CallSlots slots = new CallSlots(machine.memory(), hypercalls);
        new BasicCalls(machine).serve(hypercalls);
        new Multicall(machine.memory(), slots).serve(hypercalls);
        new VcpuCalls(machine, channels, clock).serve(hypercalls);
        new EventCalls(machine, channels, alarms, directory, rings::exists).serve(hypercalls);
        new DeviceCalls(machine).serve(hypercalls);
        console.serve(hypercalls);
        clockCalls.serve(hypercalls);
        shareCalls.serve(hypercalls);
        rings.serve(hypercalls);
        hypercalls.publish();
        List<Claim> places = new ArrayList<>(new CallPorts(machine, hypercalls, slots, rings, console).claims());
        if (monitorInterrupts) {
            places.add(LocalApicPage.claim(machine.vcpuCount()));
        }
        machine.claims().add(places);
        directory.enter(machine.guestNumber(), new GuestDirectory.Guest(channels, grants));
    }

    /** What a machine with these devices offers. */
    public static long features(Collection<HostedDevice> devices) {
        long features = Feature.CONSOLE
                | Feature.CLOCK
                | Feature.CLOCK_PAGE
                | Feature.CLOCK_ALARM
                | Feature.VCPU
                | Feature.VCPU_POLL
                | Feature.ENTROPY
                | Feature.EVENT
                | Feature.SHARE
                | Feature.MULTICALL
                | Feature.DEVICE_INFO
                | Feature.DEBUG_PORTS;
        for (HostedDevice device : devices) {
            int type = device.identity().type();
            features |= device.deviceCalls().isPresent() && type == DeviceType.BLOCK ? Feature.BLOCK : 0;
            features |= device.deviceCalls().isPresent() && type == DeviceType.NET ? Feature.NET : 0;
            features |= device.servesRings() ? Feature.RING : 0;
            features |= device.claims().stream().anyMatch(PvServices::isPluginCall) ? Feature.PLUGIN_CALLS : 0;
        }
        return features;
    }

    private static boolean isPluginCall(Claim claim) {
        return claim.kind() == ClaimKind.HYPERCALL && claim.first() >= CallRange.PLUGIN_FIRST;
    }

    public VmClock clock() {
        return clock;
    }

    public EventChannels channels() {
        return channels;
    }

    public GuestConsole console() {
        return console;
    }

    /** Makes a call by its number, as the transports do; on the vCPU's thread. */
    public long call(PvVcpu vcpu, long number, long... arguments) {
        long[] a = Arrays.copyOf(arguments, 6);
        return hypercalls.call(vcpu, number, a[0], a[1], a[2], a[3], a[4], a[5]);
    }

    /** All vCPUs have left the guest for a pause. */
    public void suspend() {
        clock.freeze();
        clockCalls.suspend();
    }

    /** Closes the rings that a device serves: the guest finds them gone. */
    public Future<Void> closeRings(HostedDevice device) {
        return rings.closeAll(device);
    }

    /** A vCPU is about to enter the guest after a pause; on its thread. */
    public void refreshClock(PvVcpu vcpu) {
        clockCalls.refresh(vcpu);
    }

    /** No vCPU runs any more. */
    public void stop() {
        directory.leave(machine.guestNumber());
        alarms.close();
    }

    /** The engine's machine is gone. */
    public void close() {
        shareCalls.close();
    }
}
