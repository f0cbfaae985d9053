/**
 * The block device: one set of request logic ({@link io.paravert.devices.block.BlockService}) above a store, reached by ports,
 * memory registers, calls, virtio and rings.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.devices.block;
