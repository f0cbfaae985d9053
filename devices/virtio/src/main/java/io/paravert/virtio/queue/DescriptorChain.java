package io.paravert.virtio.queue;

import io.paravert.device.GuestAddressException;
import io.paravert.device.GuestBuffer;
import io.paravert.device.GuestMemoryView;

/**
 * One buffer of a driver: a chain of descriptors, copied out of guest memory and checked. Made once and filled anew by
 * {@link Virtqueue#next}. One thread at a time.
 */
public final class DescriptorChain {
    /** Virtio 1.2, 2.7.5.2: a chain is not longer than 2^32 bytes in total. */
    private static final long MAX_BYTES = 1L << 32;

    private final GuestBuffer readable;
    private final GuestBuffer writable;
    /** Head index (split) or buffer id (packed). */
    private int id;
    /** Descriptors that it takes in a packed ring. */
    private int ringDescriptors;
    /** Descriptors in all, those of an indirect table too. */
    private int descriptors;

    public DescriptorChain(GuestMemoryView memory) {
        readable = new GuestBuffer(memory, false);
        writable = new GuestBuffer(memory, true);
    }

    /** What the device reads. */
    public GuestBuffer readable() {
        return readable;
    }

    /** What the device writes. */
    public GuestBuffer writable() {
        return writable;
    }

    /** Head index (split) or buffer id (packed). */
    public int id() {
        return id;
    }

    /** Descriptors that describe it, without the one of an indirect table. */
    public int descriptors() {
        return descriptors;
    }

    int ringDescriptors() {
        return ringDescriptors;
    }

    void clear() {
        readable.clear();
        writable.clear();
        descriptors = 0;
    }

    void identify(int newId, int newRingDescriptors) {
        id = newId;
        ringDescriptors = newRingDescriptors;
    }

    /** Appends what a descriptor describes. */
    void add(long gpa, long bytes, boolean write) {
        if (bytes == 0) {
            throw new QueueException("a descriptor at 0x" + Long.toHexString(gpa) + " of length zero");
        }
        if (!write && writable.length() > 0) {
            throw new QueueException("a device-readable descriptor behind a device-writable one (virtio 1.2, 2.7.4.2)");
        }
        if (readable.length() + writable.length() + bytes > MAX_BYTES) {
            throw new QueueException("a descriptor chain of more than 2^32 bytes");
        }
        try {
            (write ? writable : readable).add(gpa, bytes);
        } catch (GuestAddressException e) {
            throw new QueueException("a descriptor names memory that is not there: " + e.getMessage());
        }
        descriptors++;
    }
}
