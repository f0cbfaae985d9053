/**
 * The host side of devices/sdk: from a claimed exit over the Vert.x bus to a device's verticle and back. What a device does
 * wrong (throws, blocks, never answers, answers late or twice) ends here. Core's rooms enter.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.vmm.bus;
