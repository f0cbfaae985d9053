package io.paravert.devices.net;

/** A driver that has its buffers ready before frames come. On the device's context. */
interface FrameReceiver {
    /** Whether there is a driver at all. */
    boolean isReady();

    /**
     * Takes a frame, to give it to the guest or to drop it, and counts it.
     *
     * @return false if it must wait until there are buffers
     */
    boolean receive(Frame frame);

    /** The link has come or gone. */
    void linkChanged(boolean up);
}
