/**
 * Guest memory as a vCPU sees it: guest-physical space, paging, software TLB, linear accesses, device accesses and the watch over
 * code pages. Interpreter, translator and the rooms of system state enter; this room knows {@code state} alone.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.soft.memory;
