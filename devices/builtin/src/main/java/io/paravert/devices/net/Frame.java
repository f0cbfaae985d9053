package io.paravert.devices.net;

/** Room for one frame; used again and again. */
final class Frame {
    /** Destination, source, type: IEEE 802.3, 3.1.1. */
    static final int HEADER = 14;
    /** What a frame may be longer than its MTU: the header and one VLAN tag, IEEE 802.1Q, 9.6. */
    static final int OVERHEAD = HEADER + 4;

    final byte[] bytes;
    int length;

    Frame(int capacity) {
        bytes = new byte[capacity];
    }
}
