package io.paravert.soft.memory;

/** What paging has cost a vCPU. Written by its thread; others may read values that are a little old. */
public final class PagingCounters {
    /** Misses of the software TLB that walked the guest's tables. */
    public long walks;
    /** Walks begun again because another vCPU changed a table meanwhile. */
    public long restarts;
    /** Reads of guest page-table entries; each one costs a nested walk. */
    public long references;
    /** Flushes of all translations, of an address space, and of single pages. */
    public long flushes;

    public long pageFlushes;
}
