/**
 * Network interfaces: one set of request logic behind all paths, and the back ends that its frames go to. A frame is an
 * Ethernet frame without preamble and FCS; it is copied once on its way out of a guest and once on its way in, because what
 * another guest or the host sends is in no memory of this one.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.devices.net;
