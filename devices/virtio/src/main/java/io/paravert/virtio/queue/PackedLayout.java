package io.paravert.virtio.queue;

/**
 * The parts of a packed queue beside its descriptor ring: two event suppression structures, virtio 1.2, 2.8.14, one written
 * by the driver and one by the device. Each is one 32-bit word, so that it is read and written at once:
 *
 * <pre>
 *   31          18 17      16 15      14              0
 *   | reserved    | flags    | wrap  | ring offset    |
 * </pre>
 */
final class PackedLayout {
    static final int MAX_SIZE = 32768;
    static final int EVENT_BYTES = 4;
    static final int EVENT_ALIGNMENT = 4;

    /** Notify for each. The reserved value 3 is taken as this one: a notification too many does no harm. */
    static final int ENABLE = 0;

    static final int DISABLE = 1;
    /** Notify when the descriptor at the offset is reached; with EVENT_IDX only. */
    static final int DESCRIPTOR = 2;

    private PackedLayout() {}

    static long descriptorBytes(int size) {
        return (long) DescriptorLayout.BYTES * size;
    }

    static int event(int flags, int offset, boolean wrap) {
        return flags << 16 | (wrap ? 1 << 15 : 0) | offset;
    }

    static int eventFlags(int event) {
        return event >>> 16 & 3;
    }

    static int eventOffset(int event) {
        return event & 0x7fff;
    }

    static boolean eventWrap(int event) {
        return (event & 1 << 15) != 0;
    }
}
