package io.paravert.devices.net;

/** A network interface as its back end sees it. Any thread. */
public interface NetInput {
    /**
     * Takes a frame that came from the network; the bytes are copied.
     *
     * @return false if it was dropped: the guest is too slow, or it is longer than the interface's MTU permits
     */
    boolean deliver(byte[] bytes, int offset, int length);

    /** Says whether there is somebody to talk to. At first there is. */
    void linkChanged(boolean up);
}
