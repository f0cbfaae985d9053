package io.paravert.vmm.memory;

/**
 * Told of what devices and the monitor write to guest memory, so that nothing derived from the old bytes (decoded code, shadow
 * page tables) outlives them. Called on the writer's thread: after the write where {@link GuestMemory} makes it itself; before
 * it where the caller is handed a view or a host address. A guest that runs code from a buffer while a device still fills it gets
 * either code, as on a processor that prefetches.
 */
@FunctionalInterface
public interface WriteObserver {
    /** @param bytes at least 1 */
    void written(long gpa, long bytes);
}
