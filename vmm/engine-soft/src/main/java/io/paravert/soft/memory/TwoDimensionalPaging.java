package io.paravert.soft.memory;

import io.paravert.vmm.engine.PagingStatistics;
import io.paravert.vmm.engine.PagingTechnique;

/**
 * Nested paging (AMD APM vol. 2, 15.25; Intel's EPT): the processor walks the guest's tables itself, and each guest-physical
 * address on the way, the last one included, by the machine's own tables. The monitor is never asked; a miss costs up to
 * 4 + 5 * 4 = 24 references.
 */
final class TwoDimensionalPaging implements MemoryVirtualization {
    private static final int NESTED_LEVELS = 4;

    private final Paging paging;
    private final PagingCounters counters;

    TwoDimensionalPaging(Paging paging, PagingCounters counters) {
        this.paging = paging;
        this.counters = counters;
    }

    @Override
    public void walk(long va, int access) {
        long before = counters.references;
        counters.walks++;
        try {
            paging.walk(va, access);
        } finally {
            counters.nestedReferences += NESTED_LEVELS * (counters.references - before + 1);
        }
    }

    @Override
    public PagingStatistics statistics() {
        return new PagingStatistics(
                PagingTechnique.TWO_DIMENSIONAL, counters.walks, counters.references + counters.nestedReferences, 0, 0);
    }
}
