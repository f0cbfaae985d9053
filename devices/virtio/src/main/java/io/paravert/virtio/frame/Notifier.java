package io.paravert.virtio.frame;

/** How a transport tells the driver. On the device's context. */
public interface Notifier {
    /** Buffers of a queue have been used. */
    void usedBuffers(int queue);

    /** The configuration has changed, or the device needs a reset. */
    void configChanged();

    /** Takes all notifications back: the device has been reset. */
    void clear();
}
