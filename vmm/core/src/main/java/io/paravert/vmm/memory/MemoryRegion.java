package io.paravert.vmm.memory;

/**
 * A contiguous range of guest-physical memory and where it lies in the host.
 *
 * @param gpa first guest-physical address, a multiple of 4096
 * @param bytes size, a positive multiple of 4096; {@code gpa + bytes} does not overflow
 * @param hostAddress host address of the first byte
 * @param writable false if the guest and its devices may only read it
 */
public record MemoryRegion(long gpa, long bytes, long hostAddress, boolean writable) {
    /** First address behind the region. */
    public long end() {
        return gpa + bytes;
    }
}
