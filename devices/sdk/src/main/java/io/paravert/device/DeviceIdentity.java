package io.paravert.device;

import io.paravert.abi.DeviceType;

/**
 * What a guest is told of a device; see Device in the ABI.
 *
 * @param type DeviceType
 * @param flags DeviceFlag bits
 * @param parameter what the type says
 * @param address what the type says: eight bytes, the first in bits 7-0
 */
public record DeviceIdentity(int type, int flags, long parameter, long address) {
    /** A device that only its own driver knows. */
    public static final DeviceIdentity PLUGIN = new DeviceIdentity(DeviceType.PLUGIN, 0, 0, 0);
}
