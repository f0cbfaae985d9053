package io.paravert.devices.console;

/** Messages of the control queues, virtio 1.2, 5.3.6.2: id (le32), event (le16), value (le16). */
final class ControlEvent {
    static final int BYTES = 8;
    static final int ID_OFFSET = 0;
    static final int EVENT_OFFSET = 4;
    static final int VALUE_OFFSET = 6;

    static final int DEVICE_READY = 0;
    static final int DEVICE_ADD = 1;
    static final int PORT_READY = 3;
    static final int CONSOLE_PORT = 4;
    static final int RESIZE = 5;
    static final int PORT_OPEN = 6;
    static final int PORT_NAME = 7;

    private ControlEvent() {}

    /** A message, followed by {@code rest}. */
    static byte[] message(int id, int event, int value, byte... rest) {
        byte[] bytes = new byte[BYTES + rest.length];
        put(bytes, ID_OFFSET, id, Integer.BYTES);
        put(bytes, EVENT_OFFSET, event, Short.BYTES);
        put(bytes, VALUE_OFFSET, value, Short.BYTES);
        System.arraycopy(rest, 0, bytes, BYTES, rest.length);
        return bytes;
    }

    /**
     * The size that follows RESIZE: columns, then rows (struct virtio_console_resize). Linux reads them so from 6.15 on (commit
     * 5326ab737a47), and so do the long-term kernels that have taken that over: in Debian's 6.1.192 the first half-word goes to
     * {@code ws_col}. Older ones take rows first.
     */
    static byte[] size(int columns, int rows) {
        byte[] bytes = new byte[2 * Short.BYTES];
        put(bytes, 0, columns, Short.BYTES);
        put(bytes, Short.BYTES, rows, Short.BYTES);
        return bytes;
    }

    private static void put(byte[] bytes, int at, int value, int size) {
        for (int i = 0; i < size; i++) {
            bytes[at + i] = (byte) (value >>> Byte.SIZE * i);
        }
    }
}
