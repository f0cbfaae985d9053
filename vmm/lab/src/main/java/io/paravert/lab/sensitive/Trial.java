package io.paravert.lab.sensitive;

import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.MachineSpec;
import io.paravert.vmm.engine.VcpuExit;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;

/** Tries instructions on one engine, in one machine as long as it survives. One thread. */
final class Trial implements AutoCloseable {
    /** A try takes microseconds; one that takes this long hangs. */
    private static final long LIMIT = 1_000;

    private static final int MOST_EXITS = 100;

    private final Engine engine;
    private final TrialGuest guest = new TrialGuest();
    private final Timer watchdog = new Timer("lab-watchdog", true);
    private final CpuState state = new CpuState();
    private final VcpuExit exit = new VcpuExit();
    private EngineMachine machine;
    private EngineVcpu vcpu;

    Trial(Engine engine) {
        this.engine = engine;
        machine = makeMachine();
        vcpu = machine.createVcpu(0);
    }

    private EngineMachine makeMachine() {
        EngineMachine made = engine.createMachine(new MachineSpec(
                "lab",
                1,
                MachineSpec.InterruptController.MONITOR,
                engine.transports().get(0),
                List.of()));
        made.mapMemory(0, guest.hostAddress(), TrialGuest.RAM, false);
        return made;
    }

    /** Tries one instruction at one privilege level, 0 to 3. */
    Outcome run(SensitiveInstruction instruction, int level, boolean umip) {
        guest.lay(instruction, level);
        machine.writeObserver().ifPresent(observer -> observer.written(0, TrialGuest.RAM));
        TrialGuest.enter(state, level, umip);
        try {
            vcpu.writeState(state);
        } catch (EngineException e) {
            return Outcome.notRun(String.valueOf(e.getMessage()));
        }
        TimerTask kick = kick(vcpu);
        watchdog.schedule(kick, LIMIT);
        try {
            return runToEnd();
        } finally {
            kick.cancel();
        }
    }

    private static TimerTask kick(EngineVcpu hanging) {
        return new TimerTask() {
            @Override
            public void run() {
                hanging.kick();
            }
        };
    }

    private Outcome runToEnd() {
        long end = System.nanoTime() + LIMIT * 1_000_000;
        for (int exits = 0; exits < MOST_EXITS; exits++) {
            ExitReason reason = vcpu.run(exit);
            switch (reason) {
                case HALT -> {
                    vcpu.completePending();
                    vcpu.readState(state);
                    return guest.judge(state);
                }
                case INTERRUPTED -> {
                    if (System.nanoTime() - end >= 0) {
                        return replace("it hangs");
                    }
                }
                case SHUTDOWN -> {
                    return replace("triple fault");
                }
                case FAILED -> {
                    return replace(exit.failure());
                }
                default -> {
                    // Ports are served by nobody: the guest goes on.
                }
            }
        }
        return replace("it never ends");
    }

    /** What has gone wrong may be left in the machine: the next try gets another. */
    private Outcome replace(String why) {
        vcpu.close();
        machine.close();
        machine = makeMachine();
        vcpu = machine.createVcpu(0);
        return Outcome.notRun(why);
    }

    @Override
    public void close() {
        watchdog.cancel();
        vcpu.close();
        machine.close();
        guest.close();
    }
}
