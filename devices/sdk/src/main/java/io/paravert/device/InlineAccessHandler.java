package io.paravert.device;

/** Serves accesses on the vCPU's thread; several vCPUs may call at once. Must not block; an exception becomes all-ones for the guest and a line in the log. */
public interface InlineAccessHandler {
    /** @return the value, its low {@code size} bytes count */
    long read(int vcpu, long offset, int size);

    void write(int vcpu, long offset, int size, long value);
}
