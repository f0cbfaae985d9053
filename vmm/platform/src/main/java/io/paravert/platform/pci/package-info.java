/** The PCI bus: a host bridge by which a kernel reaches the functions that the board has. */
@org.jspecify.annotations.NullMarked
package io.paravert.platform.pci;
