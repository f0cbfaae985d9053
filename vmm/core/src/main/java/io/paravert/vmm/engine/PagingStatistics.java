package io.paravert.vmm.engine;

/**
 * What paging has cost one vCPU since it was made.
 *
 * @param walks misses of the TLB
 * @param references memory references that the processor made in these walks
 * @param exits times that the monitor was entered for paging's sake: faults, stores to page tables, loads of CR3, INVLPG
 * @param monitorReferences memory references that the monitor made to the guest's tables in these exits
 */
public record PagingStatistics(
        PagingTechnique technique, long walks, long references, long exits, long monitorReferences) {

    /** Of two vCPUs of one machine together. */
    public PagingStatistics plus(PagingStatistics other) {
        return new PagingStatistics(
                technique,
                walks + other.walks,
                references + other.references,
                exits + other.exits,
                monitorReferences + other.monitorReferences);
    }
}
