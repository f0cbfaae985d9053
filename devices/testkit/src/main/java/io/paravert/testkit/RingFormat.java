package io.paravert.testkit;

/** The two formats of a virtqueue. */
public enum RingFormat {
    /** Virtio 1.2, 2.7. */
    SPLIT,
    /** Virtio 1.2, 2.8. */
    PACKED
}
