package io.paravert.vmm.exit;

/**
 * The vCPU on whose behalf an exit is served, as the servers see it. Its methods belong to the vCPU's thread, except
 * {@link #id}.
 */
public interface CallingVcpu {
    /** From 0. */
    int id();

    /** Privilege level of the code that caused the exit, 0 to 3. */
    int cpl();

    /**
     * Asked again and again by whoever makes the vCPU wait: true if the machine ends, and the wait must be given up. A pause
     * is acknowledged on the way.
     */
    boolean mustLeave();

    /**
     * Waits for at most so many ns; returns early on {@link java.util.concurrent.locks.LockSupport#unpark}, on any request to
     * the vCPU, and for no reason.
     */
    void park(long nanos);
}
