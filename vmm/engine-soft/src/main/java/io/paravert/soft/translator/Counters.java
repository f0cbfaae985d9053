package io.paravert.soft.translator;

/** What a vCPU's translator has done. Written by its thread and the compiler's; others may read values that are a little old. */
final class Counters {
    long regions;
    long blocks;
    long instructions;
    long bytes;
    long refused;
    long dropped;
    long nanoseconds;
    long entries;
    long statements;
    long faults;
}
