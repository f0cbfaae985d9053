package io.paravert.soft.translator;

/** What a vCPU's translator has done. Written by its thread and the compiler's; others may read values that are a little old. */
final class Counters {
    long regions;
    long blocks;
    long bytes;
    long refused;
    long dropped;
    long nanoseconds;
    long entries;
    long statements;
    /** Guest instructions that retired in regions. */
    long instructions;
    /** Ways out of regions. */
    long direct;

    long indirect;
    long pending;
    long faults;
    /** Times that an operation was left to the interpreter. */
    long missed;
}
