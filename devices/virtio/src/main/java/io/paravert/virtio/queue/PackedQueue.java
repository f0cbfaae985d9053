package io.paravert.virtio.queue;

import static io.paravert.virtio.queue.DescriptorLayout.AVAIL;
import static io.paravert.virtio.queue.DescriptorLayout.INDIRECT;
import static io.paravert.virtio.queue.DescriptorLayout.NEXT;
import static io.paravert.virtio.queue.DescriptorLayout.USED;
import static io.paravert.virtio.queue.DescriptorLayout.WRITE;

import io.paravert.device.GuestMemoryView;

/** Virtio 1.2, 2.8. */
final class PackedQueue extends Virtqueue {
    private static final int KNOWN_FLAGS = NEXT | WRITE | INDIRECT | AVAIL | USED;

    private int nextAvail;
    private boolean availWrap = true;
    private int nextUsed;
    private boolean usedWrap = true;
    /** Ring descriptors taken and not given back. */
    private int held;
    /** Ring descriptors given back since it was last asked whether the driver wants to know. */
    private int unannounced;

    private PackedQueue(GuestMemoryView memory, QueueConfig config, QueueRules rules) {
        super(memory, config, rules);
    }

    static PackedQueue check(GuestMemoryView memory, QueueConfig config, QueueRules rules) {
        int size = config.size();
        if (size > PackedLayout.MAX_SIZE) {
            throw new QueueException("queue size " + size + " is over " + PackedLayout.MAX_SIZE + " (packed)");
        }
        checkPart(
                memory,
                "descriptor ring",
                config.descriptorArea(),
                PackedLayout.descriptorBytes(size),
                DescriptorLayout.ALIGNMENT);
        checkPart(
                memory,
                "driver event suppression",
                config.driverArea(),
                PackedLayout.EVENT_BYTES,
                PackedLayout.EVENT_ALIGNMENT);
        checkPart(
                memory,
                "device event suppression",
                config.deviceArea(),
                PackedLayout.EVENT_BYTES,
                PackedLayout.EVENT_ALIGNMENT);
        return new PackedQueue(memory, config, rules);
    }

    private long descriptor(int index) {
        return config.descriptorArea() + (long) index * DescriptorLayout.BYTES;
    }

    private static boolean isAvailable(int flags, boolean wrap) {
        return (flags & AVAIL) != 0 == wrap && (flags & USED) != 0 != wrap;
    }

    @Override
    boolean isAvailable() {
        long word = memory.getLongAcquire(descriptor(nextAvail) + DescriptorLayout.WORD);
        return isAvailable(DescriptorLayout.packedFlags(word), availWrap);
    }

    @Override
    boolean take(DescriptorChain chain) {
        // Flags, id and length are one word: read at once, and before the address that they publish.
        long word = memory.getLongAcquire(descriptor(nextAvail) + DescriptorLayout.WORD);
        if (!isAvailable(DescriptorLayout.packedFlags(word), availWrap)) {
            return false;
        }
        int index = nextAvail;
        boolean wrap = availWrap;
        for (int count = 1; ; count++) {
            checkRoom(count);
            int flags = checkFlags(DescriptorLayout.packedFlags(word), wrap, count);
            addOne(chain, index, word, flags);
            if (++index == size) {
                index = 0;
                wrap = !wrap;
            }
            if ((flags & NEXT) == 0) {
                accept(chain, DescriptorLayout.packedId(word), count);
                nextAvail = index;
                availWrap = wrap;
                return true;
            }
            word = memory.getLong(descriptor(index) + DescriptorLayout.WORD);
        }
    }

    private void checkRoom(int count) {
        checkLength(count, size);
        if (held + count > size) {
            throw new QueueException("the driver makes more than " + size + " descriptors available");
        }
    }

    private static int checkFlags(int flags, boolean wrap, int count) {
        if (!isAvailable(flags, wrap)) {
            throw new QueueException("a descriptor list runs into descriptor flags 0x" + Integer.toHexString(flags)
                    + ", not made available");
        }
        if ((flags & ~KNOWN_FLAGS) != 0) {
            throw new QueueException("a descriptor has unknown flags, 0x" + Integer.toHexString(flags));
        }
        if ((flags & INDIRECT) != 0 && ((flags & NEXT) != 0 || count > 1)) {
            throw new QueueException("an indirect descriptor in a list chained by NEXT");
        }
        return flags;
    }

    private void addOne(DescriptorChain chain, int index, long word, int flags) {
        long gpa = memory.getLong(descriptor(index));
        if ((flags & INDIRECT) != 0) {
            walkTable(chain, gpa, DescriptorLayout.length(word));
        } else {
            chain.add(gpa, DescriptorLayout.length(word), (flags & WRITE) != 0);
        }
    }

    /** Virtio 1.2, 2.8.7: the table's descriptors follow each other; of their flags only WRITE counts, the rest is ignored. */
    private void walkTable(DescriptorChain chain, long table, long bytes) {
        long entries = indirectEntries(table, bytes);
        checkLength((int) Math.min(entries, Integer.MAX_VALUE), rules.maximum());
        for (int i = 0; i < entries; i++) {
            long at = table + (long) i * DescriptorLayout.BYTES;
            long gpa = memory.getLong(at);
            long word = memory.getLong(at + DescriptorLayout.WORD);
            chain.add(gpa, DescriptorLayout.length(word), (DescriptorLayout.packedFlags(word) & WRITE) != 0);
        }
    }

    private void accept(DescriptorChain chain, int id, int count) {
        if (id >= size) {
            throw new QueueException("a buffer id " + id + " in a queue of " + size);
        }
        claim(id);
        chain.identify(id, count);
        held += count;
    }

    @Override
    void give(DescriptorChain chain, long written) {
        int flags = (written > 0 ? WRITE : 0) | (usedWrap ? AVAIL | USED : 0);
        memory.putLongRelease(
                descriptor(nextUsed) + DescriptorLayout.WORD, DescriptorLayout.packedWord(written, chain.id(), flags));
        int count = chain.ringDescriptors();
        held -= count;
        unannounced += count;
        nextUsed += count;
        if (nextUsed >= size) {
            nextUsed -= size;
            usedWrap = !usedWrap;
        }
    }

    @Override
    boolean wantsNotification() {
        int count = unannounced;
        unannounced = 0;
        if (count == 0) {
            return false;
        }
        int event = memory.getInt(config.driverArea());
        int flags = PackedLayout.eventFlags(event);
        if (flags == PackedLayout.DESCRIPTOR && rules.eventIdx()) {
            int offset = PackedLayout.eventOffset(event);
            if (PackedLayout.eventWrap(event) != usedWrap) {
                offset -= size;
            }
            return passes(offset, nextUsed, nextUsed - count);
        }
        return flags != PackedLayout.DISABLE;
    }

    @Override
    void requestNotification() {
        int flags = rules.eventIdx() ? PackedLayout.DESCRIPTOR : PackedLayout.ENABLE;
        memory.putIntRelease(config.deviceArea(), PackedLayout.event(flags, nextAvail, availWrap));
    }

    @Override
    void suppressNotification() {
        memory.putIntRelease(config.deviceArea(), PackedLayout.event(PackedLayout.DISABLE, 0, false));
    }
}
