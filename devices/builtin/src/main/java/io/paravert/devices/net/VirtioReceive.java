package io.paravert.devices.net;

import io.paravert.device.GuestAddressException;
import io.paravert.device.GuestBuffer;
import io.paravert.virtio.BufferQueue;
import io.paravert.virtio.Request;
import io.paravert.virtio.queue.QueueException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Puts frames into the buffers of the receive queue, virtio 1.2, 5.1.6.3 and 5.1.6.4: a header of 12 bytes, then the frame. With
 * MRG_RXBUF a frame may take several buffers; none is given back before all are there.
 */
final class VirtioReceive {
    /** 5.1.6: flags, gso_type, hdr_len, gso_size, csum_start, csum_offset, num_buffers. */
    static final int HEADER = 12;

    private static final int NUM_BUFFERS = 10;

    private final NetCounters counters;
    /** Taken, and not given back: they wait for more. */
    private final ArrayDeque<Request> parts = new ArrayDeque<>();

    private final byte[] header = new byte[HEADER];
    private @Nullable BufferQueue queue;
    private long room;
    private boolean mergeable;

    VirtioReceive(NetCounters counters) {
        this.counters = counters;
    }

    /** The driver has a queue, and buffers in it. */
    void open(BufferQueue buffers) {
        queue = buffers;
    }

    void setMergeable(boolean wanted) {
        mergeable = wanted;
    }

    /** The queue is gone, and with it all buffers. */
    void close() {
        queue = null;
        parts.clear();
        room = 0;
    }

    /**
     * Gives a frame to the driver, or drops it because the driver's buffers are too small; false if there are too few yet.
     *
     * @throws QueueException if a buffer has no room for the header
     */
    boolean receive(Frame frame) {
        BufferQueue buffers = queue;
        if (buffers == null) {
            return false;
        }
        int bytes = HEADER + frame.length;
        boolean all = mergeable ? collect(buffers, bytes) : single(buffers);
        if (!all) {
            return false;
        }
        if (room < bytes) {
            giveBackEmpty(buffers);
            counters.countReceiveDrop();
        } else {
            fill(buffers, frame, bytes);
            counters.countReceived();
        }
        return true;
    }

    private boolean single(BufferQueue buffers) {
        return !parts.isEmpty() || take(buffers);
    }

    /** True when there is room for so much, or no more can come before some are given back. */
    private boolean collect(BufferQueue buffers, int bytes) {
        while (room < bytes && parts.size() < buffers.size()) {
            if (!take(buffers)) {
                return false;
            }
        }
        return true;
    }

    private boolean take(BufferQueue buffers) {
        Request part = buffers.take();
        if (part == null) {
            return false;
        }
        parts.add(part);
        long length = part.writable().length();
        room += length;
        if (length < HEADER) {
            throw new QueueException(
                    "a receive buffer of " + length + " bytes, which has no room for a header of " + HEADER);
        }
        return true;
    }

    private void giveBackEmpty(BufferQueue buffers) {
        for (Request part = parts.poll(); part != null; part = parts.poll()) {
            part.setWritten(0);
            buffers.complete(part);
        }
        room = 0;
    }

    private void fill(BufferQueue buffers, Frame frame, int bytes) {
        int count = needed(bytes);
        header[NUM_BUFFERS] = (byte) count;
        header[NUM_BUFFERS + 1] = (byte) (count >>> Byte.SIZE);
        int done = 0;
        for (int i = 0; i < count; i++) {
            Request part = parts.remove();
            GuestBuffer target = part.writable();
            room -= target.length();
            int from = 0;
            if (i == 0) {
                target.write(0, header, 0, HEADER);
                from = HEADER;
            }
            int length = (int) Math.min(target.length() - from, frame.length - done);
            target.write(from, frame.bytes, done, length);
            done += length;
            part.setWritten(from + length);
            buffers.complete(part);
        }
    }

    /** How many of the parts so many bytes take. */
    private int needed(int bytes) {
        long sum = 0;
        int count = 0;
        for (Request part : parts) {
            if (sum >= bytes) {
                break;
            }
            sum += part.writable().length();
            count++;
        }
        return count;
    }

    /** What a frame can end with when the memory behind a buffer is gone. */
    static String gone(GuestAddressException e) {
        return "a receive buffer is guest memory no more: " + e.getMessage();
    }
}
