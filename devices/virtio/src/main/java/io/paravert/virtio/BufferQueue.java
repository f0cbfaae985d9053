package io.paravert.virtio;

import org.jspecify.annotations.Nullable;

/** A queue whose buffers the device takes when it has something to put in them. On the device's context. */
public interface BufferQueue {
    /** Takes the next buffer; null when there is none or the queue is stopped. Then the handler is told when one comes. */
    @Nullable Request take();

    /** Gives a buffer back to the driver. Of a queue that was stopped since, it is dropped. */
    void complete(Request request);

    /** Entries of the queue: no more buffers than that can be taken at once. */
    int size();

    /** False before the driver has set the queue up, and after it has been stopped. */
    boolean isOpen();
}
