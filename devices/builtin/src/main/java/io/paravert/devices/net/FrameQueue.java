package io.paravert.devices.net;

import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.MpscArrayQueue;
import org.jctools.queues.SpmcArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Frames that wait for the guest: any thread puts them in, the device's context takes them out. Bounded; its frames are made
 * when first needed and used again, so that a frame costs no garbage.
 */
final class FrameQueue {
    /** Frames that wait at most; then more are dropped. */
    static final int FRAMES = 256;

    private final int capacity;
    private final MpscArrayQueue<Frame> waiting = new MpscArrayQueue<>(FRAMES);
    private final SpmcArrayQueue<Frame> free = new SpmcArrayQueue<>(FRAMES);
    private final AtomicInteger made = new AtomicInteger();

    /** @param capacity bytes of the longest frame */
    FrameQueue(int capacity) {
        this.capacity = capacity;
    }

    /** Copies a frame in; false if it is too long, or too many wait. Any thread. */
    boolean offer(byte[] bytes, int offset, int length) {
        if (length > capacity) {
            return false;
        }
        Frame frame = claim();
        if (frame == null) {
            return false;
        }
        System.arraycopy(bytes, offset, frame.bytes, 0, length);
        frame.length = length;
        return waiting.offer(frame);
    }

    private @Nullable Frame claim() {
        Frame frame = free.poll();
        if (frame != null) {
            return frame;
        }
        int number = made.get();
        while (number < FRAMES) {
            if (made.compareAndSet(number, number + 1)) {
                return new Frame(capacity);
            }
            number = made.get();
        }
        return free.poll();
    }

    /** The first that waits, which stays; null if none does. Device's context. */
    @Nullable Frame peek() {
        return waiting.peek();
    }

    /** Takes the first away and makes room for another. Device's context. */
    void remove() {
        Frame frame = waiting.poll();
        if (frame != null) {
            free.offer(frame);
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }
}
