package io.paravert.kvm;

import io.paravert.memory.HostMapping;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.EngineReport.TransportFinding;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.GuestRegisters;
import io.paravert.vmm.engine.HypercallTransport;
import io.paravert.vmm.engine.MachineSpec;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import io.paravert.vmm.engine.VcpuExit;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tries whether calls by one transport reach user space and come back right, and how long they take: in a throwaway machine,
 * under a {@link Watchdog}.
 */
final class TransportProbe {
    private static final long FIRST_RESULT = 0x1122_3344_5566_7788L;

    private final KvmEngine engine;
    private final HypercallTransport transport;
    private final int rounds;

    private TransportProbe(KvmEngine engine, HypercallTransport transport, int rounds) {
        this.engine = engine;
        this.transport = transport;
        this.rounds = rounds;
    }

    /**
     * @param rounds calls to make, 1 or more
     * @param millis how long they may take in all
     * @return not chosen yet
     */
    static TransportFinding probe(KvmEngine engine, HypercallTransport transport, int rounds, long millis) {
        return new TransportProbe(engine, transport, rounds).watch(millis);
    }

    private TransportFinding watch(long millis) {
        TransportFinding found = Watchdog.watch(this::callGuarded, millis);
        return found != null
                ? found
                : failed("did not come back: neither by itself within " + millis + " ms nor within "
                        + Watchdog.KICK_MILLIS + " ms of a signal");
    }

    private TransportFinding callGuarded(Watchdog watchdog) {
        try {
            return call(watchdog);
        } catch (EngineException e) {
            return failed(e.getMessage());
        }
    }

    private TransportFinding call(Watchdog watchdog) {
        MachineSpec spec = new MachineSpec("probe", 1, InterruptController.MONITOR, transport, List.of());
        try (HostMapping memory = HostMapping.allocate(ProbeGuest.BYTES);
                EngineMachine machine = engine.createMachine(spec)) {
            ProbeGuest.load(memory.address(), transport, engine.usesVmmcall());
            machine.mapMemory(0, memory.address(), memory.size(), false);
            try (EngineVcpu vcpu = machine.createVcpu(0)) {
                if (!watchdog.begin(vcpu)) {
                    return failed("had no time to start");
                }
                vcpu.writeState(ProbeGuest.state());
                return callRepeatedly(vcpu);
            }
        }
    }

    private TransportFinding callRepeatedly(EngineVcpu vcpu) {
        VcpuExit exit = new VcpuExit();
        GuestRegisters registers = vcpu.registers();
        long[] nanos = new long[rounds];
        long result = FIRST_RESULT;
        long start = System.nanoTime();
        for (int i = -1; i < rounds; i++) {
            ExitReason reason = vcpu.run(exit);
            boolean port = transport == HypercallTransport.PORT;
            if (reason != (port ? ExitReason.PORT_WRITE : ExitReason.HYPERCALL)) {
                return failed(explain(reason, exit, i + 1));
            }
            if (port ? exit.port() != ProbeGuest.PORT : exit.number() != ProbeGuest.NUMBER) {
                return failed("another call arrived than the guest made");
            }
            long argument = port ? registers.get(ProbeGuest.RDI) : exit.argument(0);
            if (i >= 0 && argument != result) {
                return failed("result 0x" + Long.toHexString(result) + " reached the guest as 0x"
                        + Long.toHexString(argument));
            }
            result += 0x0101_0101_0101_0101L;
            if (port) {
                registers.set(ProbeGuest.RAX, result);
            } else {
                exit.setResult(result);
            }
            long now = System.nanoTime();
            if (i >= 0) {
                nanos[i] = now - start;
            }
            start = now;
        }
        Arrays.sort(nanos);
        return new TransportFinding(transport, true, nanos[rounds / 2], "reaches the monitor and returns", false);
    }

    private String explain(ExitReason reason, VcpuExit exit, int arrived) {
        return switch (reason) {
            case INTERRUPTED ->
                arrived == 0
                        ? "no call reached the monitor in its time (the kernel hangs in it, or this machine is too busy);"
                                + " a signal got the vCPU back"
                        : "too slow: the time was up after " + arrived + " of " + (rounds + 1) + " calls";
            case SHUTDOWN -> "the instruction is undefined here (#UD)";
            case FAILED -> exit.failure();
            default -> "left the guest with " + reason + " instead";
        };
    }

    private TransportFinding failed(@Nullable String detail) {
        return new TransportFinding(transport, false, 0, detail == null ? "" : detail, false);
    }
}
