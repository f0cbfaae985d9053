package io.paravert.virtio.pci;

/**
 * The configuration space and the one memory BAR of a virtio function.
 *
 * <pre>
 *   config  0x40  capability: common configuration      BAR  0x0000  common configuration
 *           0x50  capability: ISR status                     0x1000  ISR status
 *           0x60  capability: device configuration           0x2000  device configuration
 *           0x70  capability: notifications                  0x4000  notifications, 4 bytes a queue
 *           0x84  capability: MSI-X                          0x8000  MSI-X table
 *           0x90  capability: configuration access           0x9000  MSI-X pending bits
 * </pre>
 */
final class PciLayout {
    static final int CONFIG_BYTES = 256;
    static final int VENDOR = 0x1af4;
    /** Device ids of virtio 1: this and the type (4.1.2). */
    static final int FIRST_DEVICE = 0x1040;

    static final int COMMAND = 0x04;
    static final int STATUS = 0x06;
    static final int REVISION = 0x08;
    static final int CLASS = 0x09;
    static final int BAR = 0x10;
    static final int SUBSYSTEM_VENDOR = 0x2c;
    static final int SUBSYSTEM = 0x2e;
    static final int CAPABILITIES = 0x34;
    static final int INTERRUPT_LINE = 0x3c;
    static final int INTERRUPT_PIN = 0x3d;

    static final int COMMON_CAP = 0x40;
    static final int ISR_CAP = 0x50;
    static final int DEVICE_CAP = 0x60;
    static final int NOTIFY_CAP = 0x70;
    static final int MSIX_CAP = 0x84;
    static final int ACCESS_CAP = 0x90;
    static final int MSIX_CONTROL = MSIX_CAP + 2;

    static final int BAR_BYTES = 0x10000;
    static final int COMMON_AT = 0;
    static final int COMMON_BYTES = 0x40;
    static final int ISR_AT = 0x1000;
    static final int DEVICE_AT = 0x2000;
    static final int DEVICE_BYTES = 0x1000;
    static final int NOTIFY_AT = 0x4000;
    static final int NOTIFY_BYTES = 0x4000;
    /** Bytes from one queue's notification register to the next. */
    static final int NOTIFY_MULTIPLIER = 4;

    static final int MSIX_TABLE_AT = 0x8000;
    static final int MSIX_PENDING_AT = 0x9000;
    static final int MSIX_ENTRY_BYTES = 16;

    private PciLayout() {}
}
