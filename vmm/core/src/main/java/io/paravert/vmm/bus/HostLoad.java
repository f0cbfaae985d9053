package io.paravert.vmm.bus;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether this host has a core to spare for spinning: counts the vCPU threads of the whole process that want to run. A thread
 * that spins while the one it waits for has no core only delays it (by milliseconds, measured). Any thread.
 */
public final class HostLoad {
    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final AtomicInteger RUNNABLE = new AtomicInteger();

    private HostLoad() {}

    /** A vCPU thread wants to run. */
    public static void enter() {
        RUNNABLE.incrementAndGet();
    }

    /** It sleeps, or is gone. */
    public static void leave() {
        RUNNABLE.decrementAndGet();
    }

    /** True if the caller, itself counted, leaves a core free. */
    static boolean hasSpareCore() {
        return RUNNABLE.get() < CORES;
    }
}
