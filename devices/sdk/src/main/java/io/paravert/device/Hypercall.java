package io.paravert.device;

/**
 * A hypercall as its device sees it. Addresses among the arguments are guest-physical and unchecked until
 * {@link GuestMemoryView} has checked them.
 *
 * @param vcpu which vCPU called, from 0
 * @param cpl privilege level of the caller, 0 to 3
 */
public record Hypercall(int vcpu, int cpl, int number, long a0, long a1, long a2, long a3, long a4, long a5) {}
