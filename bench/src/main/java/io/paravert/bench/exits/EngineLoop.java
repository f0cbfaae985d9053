package io.paravert.bench.exits;

import io.paravert.memory.HostMapping;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.HypercallTransport;
import io.paravert.vmm.engine.MachineSpec;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import io.paravert.vmm.engine.VcpuExit;
import java.util.List;

/** The engine alone, without the monitor above it: what the two of them cost apart. */
final class EngineLoop {
    private EngineLoop() {}

    /** What one exit costs, after a pass to warm up. */
    static Cost measure(Engine engine, int exits) {
        MachineSpec spec = new MachineSpec("bench", 1, InterruptController.MONITOR, HypercallTransport.PORT, List.of());
        try (HostMapping memory = HostMapping.allocate(2L << 20);
                EngineMachine machine = engine.createMachine(spec)) {
            ExitGuest.load(
                    (gpa, value) -> RawMemory.putLong(memory.address() + gpa, value), ExitGuest.callPort(), exits);
            machine.mapMemory(0, memory.address(), memory.size(), false);
            try (EngineVcpu vcpu = machine.createVcpu(0)) {
                vcpu.writeState(ExitGuest.state());
                pass(vcpu);
                Cost.Instant start = Cost.Instant.now();
                pass(vcpu);
                return start.perExit(Cost.Instant.now(), exits);
            }
        }
    }

    private static void pass(EngineVcpu vcpu) {
        VcpuExit exit = new VcpuExit();
        do {
            if (vcpu.run(exit) != ExitReason.PORT_WRITE) {
                throw new IllegalStateException("unexpected exit " + exit.reason() + " " + exit.failure());
            }
        } while (exit.port() != ExitGuest.MARK);
    }
}
