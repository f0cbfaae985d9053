package io.paravert.virtio;

import java.util.Set;

/** Feature bits that are not of one device type, virtio 1.2, chapter 6. */
public enum VirtioFeature {
    /** Descriptors may refer to a table of descriptors. */
    INDIRECT_DESC(28),
    /** Notifications are suppressed up to an index. */
    EVENT_IDX(29),
    /** The driver speaks virtio 1.0 or later; without it the device refuses to work. */
    VERSION_1(32),
    /** Packed queues instead of split ones. */
    RING_PACKED(34),
    /** Buffers are used in the order in which they were made available. */
    IN_ORDER(35),
    /** Notifications carry where the driver stands. */
    NOTIFICATION_DATA(38),
    /** Each queue can be reset on its own. */
    RING_RESET(40);

    private final int bit;

    VirtioFeature(int bit) {
        this.bit = bit;
    }

    public int bit() {
        return bit;
    }

    public long mask() {
        return 1L << bit;
    }

    /** @param features a set of feature bits */
    public boolean isIn(long features) {
        return (features & mask()) != 0;
    }

    /** The bits of several features. */
    public static long mask(Set<VirtioFeature> features) {
        long all = 0;
        for (VirtioFeature feature : features) {
            all |= feature.mask();
        }
        return all;
    }
}
