package io.paravert.testkit;

/** Feature bits that a driver may choose, virtio 1.2, chapter 6, as masks. */
public final class Feature {
    public static final long INDIRECT_DESC = 1L << 28;
    public static final long EVENT_IDX = 1L << 29;
    public static final long VERSION_1 = 1L << 32;
    public static final long RING_PACKED = 1L << 34;
    public static final long IN_ORDER = 1L << 35;
    public static final long NOTIFICATION_DATA = 1L << 38;
    public static final long RING_RESET = 1L << 40;

    private Feature() {}
}
