package io.paravert.vmm;

/**
 * Where a guest's console output goes. Called for one VM by one thread at a time, never a vCPU's and never an event loop's: it
 * may block. While it does, a bounded amount waits; then the guest's writes wait too.
 */
@FunctionalInterface
public interface ConsoleSink {
    /** Takes all of {@code [offset, offset + length)}; the array is used again afterwards. */
    void write(byte[] bytes, int offset, int length);

    /** Drops everything. */
    static ConsoleSink discard() {
        return (bytes, offset, length) -> {};
    }
}
