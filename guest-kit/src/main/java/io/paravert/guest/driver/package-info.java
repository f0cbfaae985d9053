/**
 * Drivers for a device's paths in assembled 64-bit guests, as pv_device_io.h, pv_ring.h and pv_virtio.h are in C: each emits its set-up
 * once and then as many operations as the guest likes, one at a time.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.guest.driver;
