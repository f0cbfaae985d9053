package io.paravert.vmm.exit;

/** Serves port or MMIO accesses of one claim. Called on vCPU threads, several at once. Never throws for what a device or a guest does. */
public interface AccessServer {
    /**
     * @param offset from the start of the claim
     * @param size 1 to 8 bytes, within the claim
     * @return the value, its low {@code size} bytes count; all-ones if the device fails
     */
    long read(CallingVcpu vcpu, long offset, int size);

    void write(CallingVcpu vcpu, long offset, int size, long value);
}
