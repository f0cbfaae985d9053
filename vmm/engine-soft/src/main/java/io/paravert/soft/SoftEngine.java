package io.paravert.soft;

import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.HypercallTransport;
import io.paravert.vmm.engine.MachineSpec;
import java.util.List;

/** The software engine: makes machines, has no state of its own. Any thread. */
final class SoftEngine implements Engine {
    static final String NAME = "soft";
    /** One tick is a nanosecond. */
    static final long TSC_KILOHERTZ = 1_000_000;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<HypercallTransport> transports() {
        return List.of(HypercallTransport.VMCALL_INTERCEPTED, HypercallTransport.PORT);
    }

    @Override
    public boolean usesVmmcall() {
        return true;
    }

    @Override
    public long tscKilohertz() {
        return TSC_KILOHERTZ;
    }

    @Override
    public EngineMachine createMachine(MachineSpec spec) {
        return new SoftMachine(spec, Tiers::usual, Meter.isWanted() ? Meter.PLAIN : null);
    }

    @Override
    public void close() {
        // Machines close themselves.
    }
}
