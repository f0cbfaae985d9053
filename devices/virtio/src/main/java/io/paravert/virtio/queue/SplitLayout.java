package io.paravert.virtio.queue;

/**
 * The rings of a split queue, virtio 1.2, 2.7.6 and 2.7.8. All fields are little-endian; n is the queue's size.
 *
 * <pre>
 * available ring (driver area)          used ring (device area)
 *     0  flags       u16                    0  flags       u16
 *     2  idx         u16                    2  idx         u16
 *     4  ring[n]     u16                    4  ring[n]     id u32, len u32
 *  4+2n  used_event  u16                 4+8n  avail_event u16
 * </pre>
 *
 * The last field of each is used with EVENT_IDX only, and is always there: 2.7 counts it in the ring's size.
 */
final class SplitLayout {
    static final int MAX_SIZE = 32768;
    static final int AVAIL_ALIGNMENT = 2;
    static final int USED_ALIGNMENT = 4;

    static final int AVAIL_FLAGS = 0;
    static final int AVAIL_IDX = 2;
    private static final int AVAIL_RING = 4;
    private static final int AVAIL_ENTRY_BYTES = 2;
    /** Bit in the available ring's flags: the driver wants no notification. */
    static final int NO_INTERRUPT = 1;

    static final int USED_FLAGS = 0;
    static final int USED_IDX = 2;
    private static final int USED_RING = 4;
    private static final int USED_ENTRY_BYTES = 8;
    /** Bit in the used ring's flags: the device wants no notification. */
    static final int NO_NOTIFY = 1;

    private SplitLayout() {}

    static long descriptorBytes(int size) {
        return (long) DescriptorLayout.BYTES * size;
    }

    static long availBytes(int size) {
        return usedEvent(size) + 2;
    }

    static long usedBytes(int size) {
        return availEvent(size) + 2;
    }

    static long availEntry(int slot) {
        return AVAIL_RING + (long) AVAIL_ENTRY_BYTES * slot;
    }

    static long usedEvent(int size) {
        return availEntry(size);
    }

    static long usedEntry(int slot) {
        return USED_RING + (long) USED_ENTRY_BYTES * slot;
    }

    static long availEvent(int size) {
        return usedEntry(size);
    }
}
