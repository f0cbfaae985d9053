package io.paravert.vmm.engine;

/** Why a vCPU left the guest. What each one fills in is said at {@link VcpuExit}. */
public enum ExitReason {
    /** IN or INS: {@code port}, {@code size}, {@code count}; the monitor puts the data at {@code dataAddress}. */
    PORT_READ,
    /** OUT or OUTS: {@code port}, {@code size}, {@code count}, data at {@code dataAddress}. */
    PORT_WRITE,
    /** A load from unmapped guest-physical space: {@code gpa}, {@code size}; the monitor puts the data at {@code dataAddress}. */
    MMIO_READ,
    /** A store to unmapped or read-only guest-physical space: {@code gpa}, {@code size}, data at {@code dataAddress}. */
    MMIO_WRITE,
    /** {@code vmcall} or {@code vmmcall}: number and arguments; the monitor sets the result. */
    HYPERCALL,
    /** HLT in a machine whose interrupt controller is not the engine's. */
    HALT,
    /** The guest can take an external interrupt now; asked for by {@link EngineVcpu#requestInterruptWindow}. */
    INTERRUPT_WINDOW,
    /** {@link EngineVcpu#kick} or a signal ended the run; nothing is to be served. */
    INTERRUPTED,
    /** A debug exit: a single step, a hardware breakpoint or a watchpoint. */
    DEBUG,
    /** Triple fault. */
    SHUTDOWN,
    /** The engine cannot go on with this vCPU; {@code failure} says why, in one line. */
    FAILED
}
