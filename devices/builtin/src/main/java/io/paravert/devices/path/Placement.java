package io.paravert.devices.path;

import io.paravert.abi.Gpa;

/** Where a device's registers lie when its settings do not say: each number has a place of its own. */
public final class Placement {
    /** Bytes of a device's place in the device window: a page of registers and a page for virtio. */
    public static final long WINDOW_BYTES = 0x2000;

    /** Offset of the virtio registers in that place. */
    public static final long VIRTIO_OFFSET = 0x1000;

    private static final int FIRST_PORT = 0x6000;
    private static final int PORTS_EACH = 0x40;
    private static final int PLACES = (int) ((Gpa.DEVICE_WINDOW_END - Gpa.DEVICE_WINDOW) / WINDOW_BYTES);

    private Placement() {}

    /** First port of the device with a number. */
    public static int ports(int number) {
        return FIRST_PORT + number % PLACES * PORTS_EACH;
    }

    /** GPA of the place of the device with a number. */
    public static long window(int number) {
        return Gpa.DEVICE_WINDOW + number % PLACES * WINDOW_BYTES;
    }
}
