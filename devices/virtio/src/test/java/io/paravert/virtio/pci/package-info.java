/** Tests of virtio over PCI. */
@org.jspecify.annotations.NullMarked
package io.paravert.virtio.pci;
