/**
 * Shared-memory rings, the device's side: the protocol of docs/abi.md, "Shared-memory rings", and how the device waits for the
 * guest. Everything is on the device's context; one loop serves all rings of a device.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.devices.ring;
