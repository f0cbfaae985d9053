package io.paravert.platform.acpi;

import java.util.List;

/**
 * What the tables tell of a machine beside what every PC has.
 *
 * @param virtio windows of virtio devices over MMIO
 * @param hasPci whether there is a PCI host bridge at 0xcf8
 */
public record PlatformFacts(List<MmioWindow> virtio, boolean hasPci) {
    public PlatformFacts {
        virtio = List.copyOf(virtio);
    }

    /**
     * The registers of a virtio device.
     *
     * @param gpa below 4 GiB
     * @param gsi level-triggered
     */
    public record MmioWindow(long gpa, long bytes, int gsi) {}
}
