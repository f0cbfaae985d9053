package io.paravert.soft.vcpu;

/**
 * What decoded code depends on beside its bytes and its linear address.
 *
 * @param id distinguishes contexts in stamps
 * @param mode see {@code CodeMode}
 * @param base of CS, 0 in 64-bit mode
 * @param limit of CS
 */
public record CodeContext(int id, int mode, long base, long limit) {}
