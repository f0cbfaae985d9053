package io.paravert.devices.path;

/**
 * The registers of a device, at its ports or in its window; each of 32 bits, aligned, little-endian.
 *
 * <pre>
 *   0x00 COMMAND   w   IoOp: does it; done when the write is
 *   0x04 RESULT    r   of this vCPU's last command: bytes, or a negative error
 *   0x08 OFFSET    rw  64 bits: first sector
 *   0x10 GPA       rw  64 bits: the data
 *   0x18 BYTES     rw
 *   0x20 MAGIC     r   "PVIO"
 *   0x24 TYPE      r   DeviceType
 *   0x28 PARAMETER r   64 bits, as in Device: capacity in sectors, MTU
 *   0x30 FLAGS     r   DeviceFlag bits
 *   0x34 VIRTIO    r   offset of the virtio registers from here, 0 for none
 *   0x38 ADDRESS   r   64 bits, as in Device: MAC address
 * </pre>
 *
 * OFFSET, GPA, BYTES and RESULT are one set for each vCPU, so that vCPUs need no lock around them.
 */
public final class RegisterLayout {
    public static final int COMMAND = 0x00;
    public static final int RESULT = 0x04;
    public static final int OFFSET = 0x08;
    public static final int GPA = 0x10;
    public static final int BYTES = 0x18;
    public static final int MAGIC = 0x20;
    public static final int TYPE = 0x24;
    public static final int PARAMETER = 0x28;
    public static final int FLAGS = 0x30;
    public static final int VIRTIO = 0x34;
    public static final int ADDRESS = 0x38;

    /** Size of the registers. */
    public static final int SIZE = 0x40;

    /** Value of MAGIC. */
    public static final int MAGIC_VALUE = 0x4f495650;

    /** Bytes of each register. */
    static final int WIDTH = Integer.BYTES;

    private RegisterLayout() {}
}
