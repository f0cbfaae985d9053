package io.paravert.lab.paging;

import io.paravert.vmm.engine.PagingStatistics;
import java.util.Optional;

/**
 * What one round took.
 *
 * @param nanos of the vCPU thread's processor time, the guest's included
 * @param paging what its paging cost, where the engine tells
 */
record Round(long nanos, Optional<PagingStatistics> paging) {
    /** What came between two readings. */
    static Optional<PagingStatistics> between(Optional<PagingStatistics> before, Optional<PagingStatistics> after) {
        return before.flatMap(b -> after.map(a -> new PagingStatistics(
                a.technique(),
                a.walks() - b.walks(),
                a.references() - b.references(),
                a.exits() - b.exits(),
                a.monitorReferences() - b.monitorReferences())));
    }
}
