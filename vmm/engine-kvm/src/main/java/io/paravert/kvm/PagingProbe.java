package io.paravert.kvm;

import io.paravert.abi.Port;
import io.paravert.memory.HostMapping;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.HypercallTransport;
import io.paravert.vmm.engine.MachineSpec;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import io.paravert.vmm.engine.VcpuExit;
import java.util.List;

/** Tries whether a guest can use 32-bit paging (Intel SDM vol. 3, 4.3), which kvm_pvm does not have. */
final class PagingProbe {
    /** Name of the fact in the engine's report. */
    static final String NAME = "32-bit paging";

    private static final int BYTES = 0x3000;
    private static final int DIRECTORY = 0x1000;
    private static final int CODE = 0x2000;
    private static final int PORT = Port.DEBUG_CONSOLE;
    private static final long MILLIS = 1_000;
    /** A page of 4 MiB, present, writable, supervisor. */
    private static final int LARGE_PAGE = 0x83;

    private PagingProbe() {}

    /** Returns "yes", or "no" and why. */
    static String measure(KvmEngine engine) {
        String found = Watchdog.watch(watchdog -> runGuarded(engine, watchdog), MILLIS);
        return found == null ? "no: the vCPU did not come back, not even by a signal" : found;
    }

    private static String runGuarded(KvmEngine engine, Watchdog watchdog) {
        try {
            return run(engine, watchdog);
        } catch (EngineException e) {
            return "no: " + e.getMessage();
        }
    }

    private static String run(KvmEngine engine, Watchdog watchdog) {
        MachineSpec spec = new MachineSpec("probe", 1, InterruptController.MONITOR, HypercallTransport.PORT, List.of());
        try (HostMapping memory = HostMapping.allocate(BYTES);
                EngineMachine machine = engine.createMachine(spec)) {
            RawMemory.putInt(memory.address() + DIRECTORY, LARGE_PAGE);
            byte[] code = {(byte) 0xe6, (byte) PORT, (byte) 0xeb, (byte) 0xfc}; // out PORT, al; jmp to it
            RawMemory.write(memory.address() + CODE, code, 0, code.length);
            machine.mapMemory(0, memory.address(), memory.size(), false);
            try (EngineVcpu vcpu = machine.createVcpu(0)) {
                if (!watchdog.begin(vcpu)) {
                    return "no: had no time to start";
                }
                vcpu.writeState(state());
                VcpuExit exit = new VcpuExit();
                ExitReason reason = vcpu.run(exit);
                return reason == ExitReason.PORT_WRITE && exit.port() == PORT
                        ? "yes"
                        : "no: " + (reason == ExitReason.FAILED ? exit.failure() : "the guest ended by " + reason);
            }
        }
    }

    /** 32-bit protected mode at CPL 0, flat segments, paging on. */
    private static CpuState state() {
        CpuState state = new CpuState();
        for (int i = 0; i < state.segments.length; i++) {
            state.segments[i].set(0x10, 0, -1, i == CpuState.CS ? 0xc9b : 0xc93);
        }
        state.segments[CpuState.CS].selector = 8;
        state.tr.set(0, 0, 0x67, 0x8b);
        state.ldt.set(0, 0, 0, CpuState.Segment.UNUSABLE);
        state.cr0 = 0x8000_0033L; // PG, NE, ET, MP, PE
        state.cr3 = DIRECTORY;
        state.cr4 = 0x10; // PSE
        state.rip = CODE;
        return state;
    }
}
