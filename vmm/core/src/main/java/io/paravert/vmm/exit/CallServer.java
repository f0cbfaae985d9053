package io.paravert.vmm.exit;

/** Serves the hypercalls of one claim. Called on vCPU threads, several at once. Never throws for what a device or a guest does. */
@FunctionalInterface
public interface CallServer {
    /** @return the result for RAX */
    long call(CallingVcpu vcpu, int number, long a0, long a1, long a2, long a3, long a4, long a5);
}
