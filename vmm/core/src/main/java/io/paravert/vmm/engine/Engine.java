package io.paravert.vmm.engine;

import java.util.List;

/** An opened engine. Any thread. Closing it requires all its machines closed. */
public interface Engine extends AutoCloseable {
    /** "kvm" or "soft". */
    String name();

    /** Transports that were probed and work, the best first; never empty. */
    List<HypercallTransport> transports();

    /** True if {@code vmmcall} is this processor's instruction, false if {@code vmcall}. */
    boolean usesVmmcall();

    /** Guest TSC frequency, kHz. */
    long tscKilohertz();

    /** @throws EngineException with cause and remedy */
    EngineMachine createMachine(MachineSpec spec);

    @Override
    void close();
}
