package io.paravert.virtio;

/** Is told that the driver has made buffers available, after {@link BufferQueue#take} has found none. On the device's context. */
@FunctionalInterface
public interface BufferHandler {
    void available(BufferQueue queue);
}
