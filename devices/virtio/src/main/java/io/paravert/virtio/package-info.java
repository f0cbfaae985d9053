/**
 * What a virtio device is written against (virtio 1.2): {@link io.paravert.virtio.VirtioDevice} says what it is and serves
 * requests whose buffers are checked already. How the guest reaches it is the transports' business. Every device author may
 * enter; a transport turns a device into an {@link io.paravert.device.Device}.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.virtio;
