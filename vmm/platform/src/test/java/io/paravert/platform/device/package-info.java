/** Tests of the devices, at their ports. */
@org.jspecify.annotations.NullMarked
package io.paravert.platform.device;
