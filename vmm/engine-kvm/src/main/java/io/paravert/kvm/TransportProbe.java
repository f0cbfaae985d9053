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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tries whether calls by one transport reach user space and come back right, and how long they take: in a throwaway machine
 * on a thread of its own, because there are kernels where the instruction never ends. The caller's thread is the watchdog:
 * when the time is up, it kicks the vCPU, which gets it back even then.
 */
final class TransportProbe {
    private static final long FIRST_RESULT = 0x1122_3344_5566_7788L;
    /** What a kick needs at the most, milliseconds. */
    private static final long KICK_MILLIS = 500;

    private final KvmEngine engine;
    private final HypercallTransport transport;
    private final int rounds;
    private volatile @Nullable EngineVcpu running;
    private volatile @Nullable TransportFinding finding;
    private boolean timeUp;

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
        Thread thread = new Thread(this::callGuarded, "paravert-kvm-probe");
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = join(thread, millis);
        if (thread.isAlive()) {
            stop();
            interrupted |= join(thread, KICK_MILLIS);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        TransportFinding found = finding;
        return found != null
                ? found
                : failed("hangs in the kernel for ever: not even a signal got it back within " + KICK_MILLIS + " ms");
    }

    /** Waits no longer than told, whoever interrupts; returns whether somebody did. */
    private static boolean join(Thread thread, long millis) {
        boolean interrupted = false;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = millis; left > 0 && thread.isAlive(); ) {
            try {
                thread.join(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        }
        return interrupted;
    }

    private synchronized void stop() {
        timeUp = true;
        EngineVcpu vcpu = running;
        if (vcpu != null) {
            vcpu.kick();
        }
    }

    private void callGuarded() {
        try {
            finding = call();
        } catch (EngineException e) {
            finding = failed(e.getMessage());
        }
    }

    private TransportFinding call() {
        MachineSpec spec = new MachineSpec("probe", 1, InterruptController.MONITOR, transport, List.of());
        try (HostMapping memory = HostMapping.allocate(ProbeGuest.BYTES);
                EngineMachine machine = engine.createMachine(spec)) {
            ProbeGuest.load(memory.address(), transport, engine.usesVmmcall());
            machine.mapMemory(0, memory.address(), memory.size(), false);
            try (EngineVcpu vcpu = machine.createVcpu(0)) {
                synchronized (this) {
                    running = vcpu;
                    if (timeUp) {
                        return failed("had no time to start");
                    }
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
                return failed(explain(reason, exit));
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

    private String explain(ExitReason reason, VcpuExit exit) {
        return switch (reason) {
            case INTERRUPTED -> "the call hangs in the kernel; a signal got the vCPU back";
            case SHUTDOWN -> "the instruction is undefined here (#UD)";
            case FAILED -> exit.failure();
            default -> "left the guest with " + reason + " instead";
        };
    }

    private TransportFinding failed(@Nullable String detail) {
        return new TransportFinding(transport, false, 0, detail == null ? "" : detail, false);
    }
}
