/**
 * The paths by which requests reach a device's logic: registers (ports or MMIO) and calls. Rings and virtio stand elsewhere, and
 * end in the same {@link io.paravert.devices.path.IoService}. A device has one service and as many paths as it likes.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.devices.path;
