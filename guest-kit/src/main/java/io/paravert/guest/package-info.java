/**
 * What a guest is written with: programs in Java (assembled on {@code vmm/isa}) and in C, descriptors and page tables as data, and
 * ELF files of them. Knows the ABI and the instruction set, nothing of the monitor; guests, examples and tests enter.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.guest;
