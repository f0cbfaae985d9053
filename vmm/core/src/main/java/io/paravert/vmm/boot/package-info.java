/**
 * From a guest file to a guest in memory: the ELF and PVH loaders, the boot-info page, and the state in which vCPU 0 starts.
 * Knows guest memory only through checked views. Core, CLI and tests enter.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.vmm.boot;
