package io.paravert.devices.console;

/** A back end's way to its port. Any thread. */
public interface ConsoleInput {
    /**
     * Gives input for the guest; what does not fit is not taken.
     *
     * @return bytes taken, from {@code offset} on
     */
    int offer(byte[] bytes, int offset, int length);

    /** Runs a task once when there is room again, at once if there is. One task waits at most; a later one takes its place. */
    void whenRoom(Runnable task);

    /** Tells the guest the size of the terminal, in characters, 0 to 65535 each. */
    void resize(int columns, int rows);

    /** Tells the guest whether somebody is there. A port begins connected. */
    void setConnected(boolean connected);
}
