/** The virtio balloon: gives memory that a guest does not need back to the host. */
@org.jspecify.annotations.NullMarked
package io.paravert.devices.balloon;
