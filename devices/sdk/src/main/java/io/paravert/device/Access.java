package io.paravert.device;

/**
 * A port or MMIO access that reached a device. Offsets count from the start of the claim.
 *
 * @param vcpu which vCPU did it, from 0
 * @param offset bytes from the start of the claimed range
 * @param size 1, 2 or 4 bytes; for MMIO any number up to 8 (a store across a page boundary comes in two pieces); within the range
 * @param write true for a store
 * @param value what is stored, zero-extended; 0 for a load
 */
public record Access(int vcpu, long offset, int size, boolean write, long value) {}
