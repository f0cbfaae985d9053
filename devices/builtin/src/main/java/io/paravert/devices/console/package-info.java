/**
 * The virtio console: ports of bytes in both directions, each between a driver and a {@link
 * io.paravert.devices.console.ConsoleBackend}. All buffers are bounded: input that the guest does not take stays with the back end,
 * and output that the back end does not take stays with the guest.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.devices.console;
