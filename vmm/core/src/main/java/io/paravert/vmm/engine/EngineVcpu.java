package io.paravert.vmm.engine;

import java.util.Optional;

/**
 * One vCPU of an engine. All methods but {@link #kick} belong to the thread that created it. Life cycle: created, then any
 * number of runs, then {@link #close}.
 */
public interface EngineVcpu extends AutoCloseable {
    /**
     * Completes what the last exit left pending (with the data that the monitor put there), enters the guest and stays until
     * something is to be served. Never throws for what a guest does: that is {@link ExitReason#SHUTDOWN} or
     * {@link ExitReason#FAILED}.
     *
     * @return the same as {@code exit.reason()}
     */
    ExitReason run(VcpuExit exit);

    /**
     * Completes what the last exit left pending without running a guest instruction, so that {@link #readState} is exact.
     * Does nothing if nothing is pending.
     */
    void completePending();

    /**
     * Ends the current run, or the next one if none is under way, with {@link ExitReason#INTERRUPTED} within 10 ms.
     * Any thread; cheap; idempotent until the run has ended.
     */
    void kick();

    /** General registers as of the last exit; changes reach the guest at the next run. */
    GuestRegisters registers();

    /** Fills all fields; complete pending accesses first. */
    void readState(CpuState state);

    void writeState(CpuState state);

    /**
     * A model-specific register, as RDMSR shows it; complete pending accesses first.
     *
     * @throws EngineException if the vCPU has no such register
     */
    default long readMsr(int index) {
        throw new EngineException("this engine shows no MSR 0x" + Integer.toHexString(index), "");
    }

    /** @throws EngineException if the vCPU has no such register, or the register cannot hold the value */
    default void writeMsr(int index, long value) {
        throw new EngineException("this engine takes no MSR 0x" + Integer.toHexString(index), "");
    }

    /**
     * The x87, SSE and further vector registers in the standard form of XSAVE (Intel SDM vol. 1, 13.4), 576 bytes or more;
     * complete pending accesses first.
     *
     * @throws EngineException if the engine cannot tell
     */
    default byte[] readXsave() {
        throw new EngineException("this engine does not show its floating-point registers", "");
    }

    /** @throws EngineException if the engine cannot take it, or the area is not one that XRSTOR would take */
    default void writeXsave(byte[] area) {
        throw new EngineException("this engine takes no floating-point registers", "");
    }

    /** True if the guest can take an external interrupt at its next entry (RFLAGS.IF set, no shadow, none pending). */
    boolean canTakeInterrupt();

    /** Delivers an external interrupt at the next entry; only when {@link #canTakeInterrupt}. Vector 16 to 255. */
    void injectInterrupt(int vector);

    /** Asks for an {@link ExitReason#INTERRUPT_WINDOW} exit as soon as the guest can take an interrupt, or no longer. */
    void requestInterruptWindow(boolean wanted);

    /**
     * The guest's time-stamp counter, now; -1 (the default) if it does not run evenly at {@link Engine#tscKilohertz} and alike
     * on all vCPUs, and the guest must ask the monitor for the time.
     */
    default long readTsc() {
        return -1;
    }

    /** What paging has cost, where the engine can tell. Any thread; values may be a little old. */
    default Optional<PagingStatistics> pagingStatistics() {
        return Optional.empty();
    }

    /** What decoding and translating have done, where the engine does that. Any thread; values may be a little old. */
    default Optional<TranslationStatistics> translationStatistics() {
        return Optional.empty();
    }

    /** Leaves with {@link ExitReason#DEBUG} after each instruction, or no longer. */
    void setSingleStep(boolean on);

    @Override
    void close();
}
