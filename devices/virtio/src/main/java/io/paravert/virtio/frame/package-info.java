/**
 * What all transports share: the device's status, feature negotiation, queues and their service. Transports enter; devices
 * stay in {@link io.paravert.virtio}.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.virtio.frame;
