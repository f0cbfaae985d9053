/** The monitor: virtual machines, their vCPU threads, and the path of an exit to the device that serves it. Engines, CLI and tests enter. */
@org.jspecify.annotations.NullMarked
package io.paravert.vmm;
