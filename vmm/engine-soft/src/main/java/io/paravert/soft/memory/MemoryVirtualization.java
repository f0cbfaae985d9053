package io.paravert.soft.memory;

import io.paravert.vmm.engine.PagingStatistics;

/**
 * What happens when the TLB does not know a linear address: the two ways that a processor with virtualization has. Results stand in
 * the {@link Paging} that both are made with. vCPU thread only.
 */
sealed interface MemoryVirtualization permits TwoDimensionalPaging, ShadowPaging {
    /** As {@link Paging#walk}. */
    void walk(long va, int access);

    /** CR3 or a mode of paging may have changed. */
    default void select() {}

    /** The guest has loaded CR3, perhaps with the value that it had. */
    default void reload() {}

    /** The guest has invalidated the translation of a page. */
    default void invalidate(long va) {}

    /** Everything derived from the guest's tables is out of date. */
    default void forget() {}

    PagingStatistics statistics();

    default void close() {}
}
