package io.paravert.platform.device;

/** The far end of a serial port. Any thread; never waits. */
public interface SerialLine {
    /** An end that takes everything and says nothing. */
    SerialLine NONE = new SerialLine() {
        @Override
        public boolean send(byte value) {
            return true;
        }

        @Override
        public boolean canSend() {
            return true;
        }

        @Override
        public int receive(byte[] target, int length) {
            return 0;
        }
    };

    /** Sends a byte; false if there is no room. */
    boolean send(byte value);

    /** True if {@link #send} would take a byte. */
    boolean canSend();

    /** Takes what has come, up to {@code length} bytes: how many. */
    int receive(byte[] target, int length);
}
