package io.paravert.device;

/** Serves hypercalls on the vCPU's thread; several vCPUs may call at once. Must not block. */
@FunctionalInterface
public interface InlineHypercallHandler {
    /** @return the result for RAX: zero or positive, or a negative error number of the ABI */
    long handle(int vcpu, int number, long a0, long a1, long a2, long a3, long a4, long a5);
}
