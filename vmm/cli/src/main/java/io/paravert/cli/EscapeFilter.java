package io.paravert.cli;

/**
 * Looks for Ctrl-A in what is typed on a terminal: Ctrl-A x leaves, Ctrl-A Ctrl-A is one Ctrl-A for the guest, anything else goes
 * through as typed. One thread.
 */
final class EscapeFilter {
    static final byte ESCAPE = 1;

    private boolean escaped;
    private boolean leaving;

    /**
     * Filters in place.
     *
     * @param bytes has room for one byte more than {@code length}
     * @return how many bytes are for the guest
     */
    int filter(byte[] bytes, int length) {
        byte[] typed = java.util.Arrays.copyOf(bytes, length);
        int kept = 0;
        for (int i = 0; i < length && !leaving; i++) {
            byte key = typed[i];
            if (!escaped) {
                if (key == ESCAPE) {
                    escaped = true;
                } else {
                    bytes[kept++] = key;
                }
                continue;
            }
            escaped = false;
            if (key == 'x' || key == 'X') {
                leaving = true;
            } else {
                bytes[kept++] = ESCAPE;
                if (key != ESCAPE) {
                    bytes[kept++] = key;
                }
            }
        }
        return kept;
    }

    /** Whether the user asked to leave. */
    boolean leaving() {
        return leaving;
    }
}
