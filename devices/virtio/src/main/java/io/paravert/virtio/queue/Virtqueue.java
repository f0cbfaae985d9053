package io.paravert.virtio.queue;

import io.paravert.device.GuestAddressException;
import io.paravert.device.GuestMemoryView;
import java.lang.invoke.VarHandle;

/**
 * A queue that a driver has handed over, from the device's side. One thread at a time. Nothing is allocated after
 * {@link #open} but messages of exceptions.
 *
 * <p>Every method that touches the rings throws {@link QueueException} when the driver broke a rule; the queue must not be
 * used any more then.
 */
public abstract sealed class Virtqueue permits SplitQueue, PackedQueue {
    final GuestMemoryView memory;
    final QueueConfig config;
    final QueueRules rules;
    final int size;
    /** Ids that the device has taken and not yet used, a bit each. */
    private final long[] taken;

    Virtqueue(GuestMemoryView memory, QueueConfig config, QueueRules rules) {
        this.memory = memory;
        this.config = config;
        this.rules = rules;
        this.size = config.size();
        this.taken = new long[(size + Long.SIZE - 1) / Long.SIZE];
    }

    /**
     * Checks where a driver has put a queue, and takes it over.
     *
     * @throws QueueException if its size or a part's place is not allowed
     */
    public static Virtqueue open(GuestMemoryView memory, QueueConfig config, QueueRules rules) {
        if (config.size() < 1 || config.size() > rules.maximum()) {
            throw new QueueException("queue size " + config.size() + " is not in 1 to " + rules.maximum());
        }
        return rules.packed() ? PackedQueue.check(memory, config, rules) : SplitQueue.check(memory, config, rules);
    }

    static void checkPart(GuestMemoryView memory, String part, long gpa, long bytes, int alignment) {
        if ((gpa & (alignment - 1)) != 0) {
            throw new QueueException(
                    "the " + part + " at 0x" + Long.toHexString(gpa) + " is not aligned to " + alignment + " bytes");
        }
        if (!memory.contains(gpa, bytes)) {
            throw new QueueException(
                    "the " + part + " at 0x" + Long.toHexString(gpa) + ", +" + bytes + " is not in guest memory");
        }
    }

    public final int size() {
        return size;
    }

    /**
     * Takes the next buffer that the driver has made available.
     *
     * @param chain filled when there is one
     * @return false if there is none
     */
    public final boolean next(DescriptorChain chain) {
        chain.clear();
        try {
            return take(chain);
        } catch (GuestAddressException e) {
            throw gone(e);
        }
    }

    /**
     * Gives a buffer back to the driver.
     *
     * @param written bytes written from the start of its device-writable part on
     * @throws IllegalStateException if the device has not taken it, or has given it back already
     */
    public final void use(DescriptorChain chain, long written) {
        if (chain.id() >= size || (taken[chain.id() >>> 6] & 1L << chain.id()) == 0) {
            throw new IllegalStateException("buffer " + chain.id() + " is not the device's to give back");
        }
        if (written < 0 || written > chain.writable().length()) {
            throw new IllegalArgumentException(written + " bytes written to a buffer of "
                    + chain.writable().length());
        }
        taken[chain.id() >>> 6] &= ~(1L << chain.id());
        try {
            // A buffer of 2^32 bytes is one too long for the field, and an understatement is allowed (2.7.8.2).
            give(chain, Math.min(written, 0xffff_ffffL));
        } catch (GuestAddressException e) {
            throw gone(e);
        }
    }

    /** True if the driver wants to be told of what was used since the last call. */
    public final boolean isNotificationDue() {
        // What was used must be visible before the driver's wish is read: it may have gone to sleep on the old state.
        VarHandle.fullFence();
        try {
            return wantsNotification();
        } catch (GuestAddressException e) {
            throw gone(e);
        }
    }

    /** Asks the driver to notify; true if there is a buffer already, so that the device must look again. */
    public final boolean enableNotifications() {
        try {
            requestNotification();
            VarHandle.fullFence();
            return isAvailable();
        } catch (GuestAddressException e) {
            throw gone(e);
        }
    }

    /** Tells the driver that notifications are not needed for now. It may send some all the same. */
    public final void disableNotifications() {
        try {
            suppressNotification();
        } catch (GuestAddressException e) {
            throw gone(e);
        }
    }

    abstract boolean take(DescriptorChain chain);

    abstract void give(DescriptorChain chain, long written);

    abstract boolean wantsNotification();

    abstract void requestNotification();

    abstract void suppressNotification();

    abstract boolean isAvailable();

    /** Marks an id as the device's. */
    final void claim(int id) {
        if ((taken[id >>> 6] & 1L << id) != 0) {
            throw new QueueException("buffer " + id + " is made available while the device has it");
        }
        taken[id >>> 6] |= 1L << id;
    }

    /** Refuses a chain of more descriptors than may be: it has a loop, or is longer than the queue. */
    final void checkLength(int descriptors, int limit) {
        if (descriptors > limit) {
            throw new QueueException("a descriptor chain loops or is longer than " + limit);
        }
    }

    /** Number of entries of an indirect table. */
    final long indirectEntries(long gpa, long bytes) {
        if (!rules.indirect()) {
            throw new QueueException("an indirect descriptor, but INDIRECT_DESC was not negotiated");
        }
        if (bytes == 0 || bytes % DescriptorLayout.BYTES != 0) {
            throw new QueueException("an indirect table of " + bytes + " bytes: not a multiple of "
                    + DescriptorLayout.BYTES + " above zero");
        }
        if (!memory.contains(gpa, bytes)) {
            throw new QueueException(
                    "an indirect table at 0x" + Long.toHexString(gpa) + ", +" + bytes + " is not in guest memory");
        }
        return bytes / DescriptorLayout.BYTES;
    }

    /** As vring_need_event in virtio 1.2, appendix A: has an index between {@code old} and {@code now} passed {@code event}? */
    static boolean passes(int event, int now, int old) {
        return (now - event - 1 & 0xffff) < (now - old & 0xffff);
    }

    private static QueueException gone(GuestAddressException e) {
        return new QueueException("a queue's memory has gone: " + e.getMessage());
    }
}
