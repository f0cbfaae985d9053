/**
 * The interrupt hardware of a machine put together: who is wired to whom, where it appears to the guest, what time it runs on,
 * and how a sleeping vCPU wakes. The models themselves are in {@code irq}; {@code SoftMachine} and {@code SoftVcpu} enter.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.soft.board;
