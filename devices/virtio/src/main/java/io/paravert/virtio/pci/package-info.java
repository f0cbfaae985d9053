/**
 * Virtio over PCI (virtio 1.2, 4.1), without the legacy interface. Whoever places devices in a machine enters, by
 * {@link io.paravert.virtio.pci.VirtioPciDevice}; a host bridge reaches its configuration space by
 * {@link io.paravert.virtio.pci.PciFunction}.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.virtio.pci;
