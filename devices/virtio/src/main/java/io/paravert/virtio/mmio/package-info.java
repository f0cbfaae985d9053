/**
 * Virtio over MMIO, version 2 (virtio 1.2, 4.2). Whoever places devices in a machine enters, by
 * {@link io.paravert.virtio.mmio.VirtioMmioDevice}.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.virtio.mmio;
