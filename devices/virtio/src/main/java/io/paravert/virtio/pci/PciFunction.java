package io.paravert.virtio.pci;

/** Configuration space of a PCI function (PCI Local Bus 3.0, 6.1): 256 bytes, little-endian. Any thread; waits a second at most. */
public interface PciFunction {
    /** @param offset 0 to 255; {@code size} is 1, 2 or 4 and the access does not cross a multiple of 4 */
    long readConfig(int offset, int size);

    void writeConfig(int offset, int size, long value);
}
