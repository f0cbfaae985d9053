package io.paravert.devices.net;

import java.util.Random;

/** Frames for tests. */
final class Frames {
    static final long MAC_A = MacAddress.parse("02:00:00:00:00:0a");
    static final long MAC_B = MacAddress.parse("02:00:00:00:00:0b");
    static final long MAC_C = MacAddress.parse("02:00:00:00:00:0c");

    private Frames() {}

    /** A frame with noise behind its header; different lengths have different noise. */
    static byte[] frame(long to, long from, int length) {
        byte[] frame = new byte[length];
        new Random(length).nextBytes(frame);
        for (int i = 0; i < MacAddress.BYTES; i++) {
            frame[i] = (byte) (to >>> 8 * i);
            frame[MacAddress.BYTES + i] = (byte) (from >>> 8 * i);
        }
        return frame;
    }
}
