/**
 * Virtqueues from the device's side, split and packed (virtio 1.2, 2.7 and 2.8): what a driver wrote is checked here, once.
 * The device frame enters; devices see only {@link io.paravert.virtio.Request}.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.virtio.queue;
