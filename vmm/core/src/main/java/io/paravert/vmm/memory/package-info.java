/**
 * Guest-physical memory, checked at this edge. Core's rooms and the boot loaders enter; devices see it as
 * {@link io.paravert.device.GuestMemoryView}. Engines see only host addresses.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.vmm.memory;
