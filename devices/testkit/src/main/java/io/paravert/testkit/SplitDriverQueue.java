package io.paravert.testkit;

import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Optional;

/** Virtio 1.2, 2.7, from the driver's side. Tickets are the heads of chains. */
public final class SplitDriverQueue extends DriverQueue {
    private static final int NO_DESCRIPTOR = -1;

    private final long descriptors;
    private final long avail;
    private final long used;
    /** Free descriptors as a list; the kit keeps it outside guest memory. */
    private final int[] follower;

    private int firstFree;
    private int freeCount;
    /** Length of the chain that begins at a head, 0 if none is out. */
    private final int[] chainLength;

    private int availIdx;
    private int kickedIdx;
    private int seenUsed;

    SplitDriverQueue(MmioDriver driver, int index, int size) {
        super(driver, index, size);
        descriptors = memory.allocate(16L * size, 16);
        avail = memory.allocate(6 + 2L * size, 2);
        used = memory.allocate(6 + 8L * size, 4);
        follower = new int[size];
        chainLength = new int[size];
        for (int i = 0; i < size; i++) {
            follower[i] = i + 1 < size ? i + 1 : NO_DESCRIPTOR;
        }
        freeCount = size;
    }

    @Override
    public RingFormat format() {
        return RingFormat.SPLIT;
    }

    @Override
    public long descriptorArea() {
        return descriptors;
    }

    @Override
    public long driverArea() {
        return avail;
    }

    @Override
    public long deviceArea() {
        return used;
    }

    @Override
    public int free() {
        return freeCount;
    }

    @Override
    void writeTableEntry(long at, RawDescriptor entry, int next) {
        memory.putLong(at, entry.gpa());
        memory.putInt(at + 8, (int) entry.length());
        memory.putShort(at + 12, (short) entry.flags());
        memory.putShort(at + 14, (short) next);
    }

    /** Writes a descriptor of the table as it stands. */
    public void writeDescriptor(int slot, RawDescriptor descriptor, int next) {
        writeTableEntry(descriptors + 16L * slot, descriptor, next);
    }

    @Override
    public int offerRaw(List<RawDescriptor> chain) {
        if (chain.size() > freeCount) {
            throw new IllegalStateException(chain.size() + " descriptors asked, " + freeCount + " free");
        }
        int head = firstFree;
        int slot = head;
        for (int i = 0; i < chain.size(); i++) {
            RawDescriptor descriptor = chain.get(i);
            int following = follower[slot];
            int ordinary = i + 1 < chain.size() ? following : 0;
            writeDescriptor(
                    slot, descriptor, descriptor.next() == RawDescriptor.FOLLOWING ? ordinary : descriptor.next());
            firstFree = following;
            slot = following;
        }
        freeCount -= chain.size();
        chainLength[head] = chain.size();
        offerHead(head);
        return head;
    }

    /** Puts a head in the available ring, whatever it is. */
    public void offerHead(int head) {
        memory.putShort(avail + 4 + 2L * (availIdx & size - 1), (short) head);
        setAvailIdx(availIdx + 1);
    }

    public int availIdx() {
        return availIdx;
    }

    /** Sets the available index, whatever it is. */
    public void setAvailIdx(int idx) {
        availIdx = idx & 0xffff;
        memory.putShortRelease(avail + 2, (short) availIdx);
    }

    @Override
    Optional<Used> take() {
        int idx = memory.getShortAcquire(used + 2) & 0xffff;
        if (idx == seenUsed) {
            return Optional.empty();
        }
        if ((idx - seenUsed & 0xffff) > size) {
            throw new AssertionError("the used index jumped from " + seenUsed + " to " + idx);
        }
        long entry = used + 4 + 8L * (seenUsed & size - 1);
        long id = memory.getInt(entry) & 0xffff_ffffL;
        long length = memory.getInt(entry + 4) & 0xffff_ffffL;
        if (id >= size || chainLength[(int) id] == 0) {
            throw new AssertionError("the device used buffer " + id + ", which is not out");
        }
        seenUsed = seenUsed + 1 & 0xffff;
        release((int) id);
        return Optional.of(new Used((int) id, length));
    }

    private void release(int head) {
        int last = head;
        for (int i = 1; i < chainLength[head]; i++) {
            last = follower[last];
        }
        follower[last] = firstFree;
        firstFree = head;
        freeCount += chainLength[head];
        chainLength[head] = 0;
    }

    @Override
    public boolean isKickNeeded() {
        VarHandle.fullFence();
        int old = kickedIdx;
        kickedIdx = availIdx;
        if (eventIdx) {
            int event = memory.getShort(used + 4 + 8L * size) & 0xffff;
            return passes(event, availIdx, old);
        }
        return (memory.getShort(used) & 1) == 0;
    }

    @Override
    public void setInterrupts(boolean wanted) {
        if (eventIdx) {
            interruptAfter(wanted ? 0 : 0x7fff);
        } else {
            memory.putShort(avail, (short) (wanted ? 0 : 1));
        }
    }

    @Override
    public void interruptAfter(int skip) {
        memory.putShortRelease(avail + 4 + 2L * size, (short) (seenUsed + skip));
        VarHandle.fullFence();
    }

    @Override
    int notificationData() {
        return availIdx;
    }
}
