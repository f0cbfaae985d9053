package io.paravert.vmm;

/**
 * A device as the guest is told of it: what the ABI's Device structure holds, with the same numbers.
 *
 * @param type DeviceType
 * @param number device number, as calls take it
 * @param paths DevicePath bits
 * @param flags DeviceFlag bits
 * @param gsi interrupt line, -1 for none
 * @param port first port; 0 with {@code ports} 0 for none
 * @param mmio address of its registers; 0 with {@code mmioBytes} 0 for none
 * @param parameter what the type says
 * @param address what the type says: eight bytes, the first in bits 7-0
 * @param name ASCII, at most 8 characters
 */
public record DeviceEntry(
        int type,
        int number,
        int paths,
        int flags,
        int gsi,
        int port,
        int ports,
        long mmio,
        long mmioBytes,
        long parameter,
        long address,
        String name) {}
