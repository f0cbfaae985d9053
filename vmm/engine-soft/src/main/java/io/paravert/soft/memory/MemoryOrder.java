package io.paravert.soft.memory;

import io.paravert.memory.RawMemory;
import java.util.Locale;

/**
 * x86's order of loads and stores (AMD APM vol. 2, 7.2), made of the host's fences: a load is not passed by what follows it, a store
 * does not pass what precedes it, and only a load may pass an earlier store. On x86 hosts the first two bind the JIT compiler alone
 * and cost no instruction. See docs/decisions, "Memory order". Any thread.
 */
public final class MemoryOrder {
    /**
     * Whether all processors of the host see two stores in one order: of those that Java runs on all but POWER do, where a load takes
     * a full fence instead.
     */
    private static final boolean MULTI_COPY_ATOMIC =
            !System.getProperty("os.arch", "").toLowerCase(Locale.ROOT).startsWith("ppc");

    private MemoryOrder() {}

    public static void afterLoad() {
        if (MULTI_COPY_ATOMIC) {
            RawMemory.loadFence();
        } else {
            RawMemory.fullFence();
        }
    }

    public static void beforeStore() {
        RawMemory.storeFence();
    }

    /**
     * All vCPUs see the stores of this one before it goes on: after MFENCE and LOCK, and whenever a processor empties its write buffer
     * (AMD APM vol. 2, 7.5): serializing instructions, I/O, interrupts and exceptions.
     */
    public static void drain() {
        RawMemory.fullFence();
    }
}
