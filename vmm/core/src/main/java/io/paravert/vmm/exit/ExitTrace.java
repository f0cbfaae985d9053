package io.paravert.vmm.exit;

/** Sees every exit after it has been served. Called on vCPU threads, several at once; what it costs the guest pays. */
@FunctionalInterface
public interface ExitTrace {
    void exit(ExitRecord exit);
}
