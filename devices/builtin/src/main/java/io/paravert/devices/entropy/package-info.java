/** Random bytes for guests: virtio-rng. */
@org.jspecify.annotations.NullMarked
package io.paravert.devices.entropy;
