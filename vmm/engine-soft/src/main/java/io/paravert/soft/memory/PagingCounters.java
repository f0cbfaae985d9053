package io.paravert.soft.memory;

/** What paging has cost a vCPU. Written by its thread; others may read values that are a little old. */
public final class PagingCounters {
    /** Misses of the software TLB. */
    public long walks;
    /** Walks begun again because another vCPU changed a table meanwhile. */
    public long restarts;
    /** Reads of guest page-table entries: by the processor with two-dimensional paging, by the monitor with shadow paging. */
    public long references;
    /** Reads of the machine's own tables that two-dimensional paging adds. */
    public long nestedReferences;
    /** Reads of shadow entries. */
    public long shadowReferences;
    /** Faults into the monitor that filled the shadow in, and faults that were the guest's own. */
    public long shadowFills;

    public long guestFaults;
    /** Stores to guest tables that the shadow was derived from, as far as they have been seen. */
    public long tableWrites;
    /** Changes of the shadow in use. */
    public long rootSwitches;
    /** Flushes of all translations, of an address space, and of single pages. */
    public long flushes;

    public long pageFlushes;
}
