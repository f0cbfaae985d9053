package io.paravert.vmm;

import io.paravert.device.Device;

/**
 * A device for one virtual machine.
 *
 * @param name unique in its VM, such as "block0": lower case letters, digits and hyphens
 */
public record DeviceAttachment(String name, Device device) {}
