package io.paravert.vmm.engine;

import io.paravert.vmm.memory.WriteObserver;
import java.util.Optional;

/**
 * One virtual machine of an engine: guest-physical memory and vCPUs. Any thread may call it, but vCPUs are created on the
 * thread that will run them. Closing it requires all its vCPUs closed.
 */
public interface EngineMachine extends AutoCloseable {
    /**
     * Makes host memory appear at a guest-physical address. All three are multiples of 4096; ranges do not overlap.
     *
     * @param readOnly guest stores become {@link ExitReason#MMIO_WRITE}
     */
    void mapMemory(long gpa, long hostAddress, long bytes, boolean readOnly);

    /** Undoes the {@link #mapMemory} that began at {@code gpa}. */
    void unmapMemory(long gpa);

    /** @param id 0 to the machine's vCPU count less one; also the initial APIC id */
    EngineVcpu createVcpu(int id);

    /** Present if the machine was made with {@link MachineSpec.InterruptController#ENGINE}. */
    Optional<InterruptLines> interruptLines();

    /** Present if the engine can turn a guest's store into a host event with no exit to the monitor. */
    Optional<DoorbellEvents> doorbellEvents();

    /** Present if the engine can tell which pages a guest has written. */
    Optional<DirtyLog> dirtyLog();

    /** Present if the engine keeps what it derived from guest memory, and must be told of writes that no vCPU makes. */
    default Optional<WriteObserver> writeObserver() {
        return Optional.empty();
    }

    @Override
    void close();
}
