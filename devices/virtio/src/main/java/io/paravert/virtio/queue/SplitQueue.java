package io.paravert.virtio.queue;

import static io.paravert.virtio.queue.DescriptorLayout.INDIRECT;
import static io.paravert.virtio.queue.DescriptorLayout.NEXT;
import static io.paravert.virtio.queue.DescriptorLayout.WRITE;

import io.paravert.device.GuestMemoryView;

/** Virtio 1.2, 2.7. */
final class SplitQueue extends Virtqueue {
    private static final int KNOWN_FLAGS = NEXT | WRITE | INDIRECT;

    private final int mask;
    /** Free-running, 16 bits. */
    private int nextAvail;
    /** The driver's index as it was last read. */
    private int seenAvail;
    /** Free-running, 16 bits. */
    private int usedIdx;
    /** {@link #usedIdx} when it was last asked whether the driver wants to know. */
    private int announcedUsed;

    private SplitQueue(GuestMemoryView memory, QueueConfig config, QueueRules rules) {
        super(memory, config, rules);
        mask = size - 1;
    }

    static SplitQueue check(GuestMemoryView memory, QueueConfig config, QueueRules rules) {
        int size = config.size();
        if (Integer.bitCount(size) != 1 || size > SplitLayout.MAX_SIZE) {
            throw new QueueException(
                    "queue size " + size + " is not a power of two up to " + SplitLayout.MAX_SIZE + " (split)");
        }
        checkPart(
                memory,
                "descriptor table",
                config.descriptorArea(),
                SplitLayout.descriptorBytes(size),
                DescriptorLayout.ALIGNMENT);
        checkPart(
                memory,
                "available ring",
                config.driverArea(),
                SplitLayout.availBytes(size),
                SplitLayout.AVAIL_ALIGNMENT);
        checkPart(memory, "used ring", config.deviceArea(), SplitLayout.usedBytes(size), SplitLayout.USED_ALIGNMENT);
        return new SplitQueue(memory, config, rules);
    }

    @Override
    boolean take(DescriptorChain chain) {
        if (nextAvail == seenAvail && !isAvailable()) {
            return false;
        }
        int head = memory.getShort(config.driverArea() + SplitLayout.availEntry(nextAvail & mask)) & 0xffff;
        if (head >= size) {
            throw new QueueException("the available ring names descriptor " + head + " of " + size);
        }
        claim(head);
        chain.identify(head, 1);
        walk(chain, head);
        nextAvail = nextAvail + 1 & 0xffff;
        return true;
    }

    @Override
    boolean isAvailable() {
        int avail = memory.getShortAcquire(config.driverArea() + SplitLayout.AVAIL_IDX) & 0xffff;
        if ((avail - usedIdx & 0xffff) > size) {
            throw new QueueException(
                    "the available index " + avail + " is more than " + size + " ahead of the used index " + usedIdx);
        }
        // It must not run backwards either: that would give out buffers again that are in the device's hands.
        if ((avail - nextAvail & 0xffff) > size) {
            throw new QueueException("the available index " + avail + " fell behind " + nextAvail);
        }
        seenAvail = avail;
        return avail != nextAvail;
    }

    private void walk(DescriptorChain chain, int head) {
        int index = head;
        for (int count = 1; ; count++) {
            checkLength(count, size);
            long at = config.descriptorArea() + (long) index * DescriptorLayout.BYTES;
            long gpa = memory.getLong(at);
            long word = memory.getLong(at + DescriptorLayout.WORD);
            int flags = DescriptorLayout.splitFlags(word);
            checkFlags(flags);
            if ((flags & INDIRECT) != 0) {
                walkTable(chain, gpa, DescriptorLayout.length(word), count);
                return;
            }
            chain.add(gpa, DescriptorLayout.length(word), (flags & WRITE) != 0);
            if ((flags & NEXT) == 0) {
                return;
            }
            index = checkNext(DescriptorLayout.splitNext(word), size);
        }
    }

    private void walkTable(DescriptorChain chain, long table, long bytes, int before) {
        long entries = indirectEntries(table, bytes);
        int index = 0;
        for (int count = 1; ; count++) {
            checkLength(count, (int) Math.min(entries, rules.maximum()));
            checkLength(before - 1 + count, rules.maximum());
            long at = table + (long) index * DescriptorLayout.BYTES;
            long gpa = memory.getLong(at);
            long word = memory.getLong(at + DescriptorLayout.WORD);
            int flags = DescriptorLayout.splitFlags(word);
            checkFlags(flags);
            if ((flags & INDIRECT) != 0) {
                throw new QueueException("an indirect descriptor inside an indirect table");
            }
            chain.add(gpa, DescriptorLayout.length(word), (flags & WRITE) != 0);
            if ((flags & NEXT) == 0) {
                return;
            }
            index = checkNext(DescriptorLayout.splitNext(word), entries);
        }
    }

    private static void checkFlags(int flags) {
        if ((flags & ~KNOWN_FLAGS) != 0) {
            throw new QueueException("a descriptor has unknown flags, 0x" + Integer.toHexString(flags));
        }
        if ((flags & (INDIRECT | NEXT)) == (INDIRECT | NEXT)) {
            throw new QueueException("a descriptor has both INDIRECT and NEXT");
        }
    }

    private static int checkNext(int next, long limit) {
        if (next >= limit) {
            throw new QueueException("a descriptor's next is " + next + " of " + limit);
        }
        return next;
    }

    @Override
    void give(DescriptorChain chain, long written) {
        long entry = config.deviceArea() + SplitLayout.usedEntry(usedIdx & mask);
        memory.putInt(entry, chain.id());
        memory.putInt(entry + 4, (int) written);
        usedIdx = usedIdx + 1 & 0xffff;
        memory.putShortRelease(config.deviceArea() + SplitLayout.USED_IDX, (short) usedIdx);
    }

    @Override
    boolean wantsNotification() {
        int old = announcedUsed;
        announcedUsed = usedIdx;
        if (old == usedIdx) {
            return false;
        }
        if (rules.eventIdx()) {
            int event = memory.getShort(config.driverArea() + SplitLayout.usedEvent(size)) & 0xffff;
            return passes(event, usedIdx, old);
        }
        return (memory.getShort(config.driverArea() + SplitLayout.AVAIL_FLAGS) & SplitLayout.NO_INTERRUPT) == 0;
    }

    @Override
    void requestNotification() {
        if (rules.eventIdx()) {
            memory.putShortRelease(config.deviceArea() + SplitLayout.availEvent(size), (short) nextAvail);
        } else {
            memory.putShortRelease(config.deviceArea() + SplitLayout.USED_FLAGS, (short) 0);
        }
    }

    @Override
    void suppressNotification() {
        // With EVENT_IDX the event is behind the index already, which suppresses until it is set anew.
        if (!rules.eventIdx()) {
            memory.putShort(config.deviceArea() + SplitLayout.USED_FLAGS, (short) SplitLayout.NO_NOTIFY);
        }
    }
}
