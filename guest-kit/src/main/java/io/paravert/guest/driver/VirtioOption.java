package io.paravert.guest.driver;

/** What a virtio driver may agree on with the device beside VERSION_1 (virtio 1.2, chapter 6). */
public enum VirtioOption {
    /** The device is told, and tells, only when an index is reached. */
    EVENT_IDX(29),
    /** Operations end in the order in which they began. */
    IN_ORDER(35),
    /** A notification says how far the driver has got. */
    NOTIFICATION_DATA(38);

    private final int bit;

    VirtioOption(int bit) {
        this.bit = bit;
    }

    int bit() {
        return bit;
    }
}
