/**
 * The devices that a PC's kernel expects at fixed ports. Whoever assembles a machine enters; each device is claimed inline,
 * for each is cheaper than a thread hop.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.platform.device;
