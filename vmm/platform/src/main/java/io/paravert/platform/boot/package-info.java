/**
 * Loaders for kernels that were built for a PC: Linux by its boot protocol and by PVH, and multiboot 1. Whoever assembles a
 * machine enters, by {@link io.paravert.platform.boot.KernelLoader}.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.platform.boot;
