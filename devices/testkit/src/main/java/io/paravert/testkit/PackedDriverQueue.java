package io.paravert.testkit;

import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/** Virtio 1.2, 2.8, from the driver's side. Tickets are buffer ids. */
public final class PackedDriverQueue extends DriverQueue {
    private static final int AVAIL = 1 << 7;
    private static final int USED = 1 << 15;
    private static final int DISABLE = 1;
    private static final int DESCRIPTOR = 2;

    private final long ring;
    private final long driverEvent;
    private final long deviceEvent;
    private final ArrayDeque<Integer> freeIds = new ArrayDeque<>();
    /** Descriptors that the buffer of an id takes, 0 if it is not out. */
    private final int[] listLength;

    private int nextAvail;
    private boolean availWrap = true;
    private int nextUsed;
    private boolean usedWrap = true;
    private int freeCount;
    private int unkicked;

    PackedDriverQueue(MmioDriver driver, int index, int size) {
        super(driver, index, size);
        ring = memory.allocate(16L * size, 16);
        driverEvent = memory.allocate(4, 4);
        deviceEvent = memory.allocate(4, 4);
        listLength = new int[size];
        freeCount = size;
        for (int i = 0; i < size; i++) {
            freeIds.add(i);
        }
    }

    @Override
    public RingFormat format() {
        return RingFormat.PACKED;
    }

    @Override
    public long descriptorArea() {
        return ring;
    }

    @Override
    public long driverArea() {
        return driverEvent;
    }

    @Override
    public long deviceArea() {
        return deviceEvent;
    }

    @Override
    public int free() {
        return freeCount;
    }

    @Override
    void writeTableEntry(long at, RawDescriptor entry, int next) {
        memory.putLong(at, entry.gpa());
        memory.putInt(at + 8, (int) entry.length());
        // The id is reserved in a table: the kit leaves something in it that must be ignored.
        memory.putShort(at + 12, (short) 0xdead);
        // NEXT does not exist in a table (2.8.7).
        memory.putShort(at + 14, (short) (entry.flags() & ~RawDescriptor.NEXT));
    }

    @Override
    public int offerRaw(List<RawDescriptor> list) {
        Integer id = freeIds.poll();
        if (id == null || list.size() > freeCount) {
            throw new IllegalStateException(list.size() + " descriptors asked, " + freeCount + " free");
        }
        freeCount -= list.size();
        listLength[id] = list.size();
        offerRaw(list, id);
        return id;
    }

    /** Makes a list available, whatever is in it, with an id of the caller's. */
    public void offerRaw(List<RawDescriptor> list, int id) {
        int first = nextAvail;
        int firstFlags = 0;
        for (int i = 0; i < list.size(); i++) {
            RawDescriptor descriptor = list.get(i);
            long at = ring + 16L * nextAvail;
            int flags = descriptor.flags() ^ (availWrap ? AVAIL : USED);
            memory.putLong(at, descriptor.gpa());
            memory.putInt(at + 8, (int) descriptor.length());
            memory.putShort(at + 12, (short) id);
            if (i == 0) {
                firstFlags = flags;
            } else {
                memory.putShort(at + 14, (short) flags);
            }
            advance();
        }
        // The first one is made available last: then the device sees the whole list.
        memory.putShortRelease(ring + 16L * first + 14, (short) firstFlags);
        unkicked += list.size();
    }

    private void advance() {
        if (++nextAvail == size) {
            nextAvail = 0;
            availWrap = !availWrap;
        }
    }

    /** Slot at which the next list begins. */
    public int nextSlot() {
        return nextAvail;
    }

    @Override
    Optional<Used> take() {
        long at = ring + 16L * nextUsed;
        long word = memory.getLongAcquire(at + 8);
        int flags = (int) (word >>> 48);
        if ((flags & USED) != 0 != usedWrap || (flags & AVAIL) != 0 != usedWrap) {
            return Optional.empty();
        }
        int id = (int) (word >>> 32) & 0xffff;
        if (id >= size || listLength[id] == 0) {
            throw new AssertionError("the device used buffer " + id + ", which is not out");
        }
        int count = listLength[id];
        listLength[id] = 0;
        freeCount += count;
        freeIds.add(id);
        nextUsed += count;
        if (nextUsed >= size) {
            nextUsed -= size;
            usedWrap = !usedWrap;
        }
        long length = (flags & RawDescriptor.WRITE) != 0 ? word & 0xffff_ffffL : 0;
        return Optional.of(new Used(id, length));
    }

    @Override
    public boolean isKickNeeded() {
        VarHandle.fullFence();
        int count = unkicked;
        unkicked = 0;
        int event = memory.getInt(deviceEvent);
        int flags = event >>> 16 & 3;
        if (flags != DESCRIPTOR) {
            return flags != DISABLE;
        }
        int offset = event & 0x7fff;
        if ((event & 1 << 15) != 0 != availWrap) {
            offset -= size;
        }
        return passes(offset, nextAvail, nextAvail - count);
    }

    @Override
    public void setInterrupts(boolean wanted) {
        memory.putIntRelease(driverEvent, wanted ? 0 : DISABLE << 16);
        VarHandle.fullFence();
    }

    @Override
    public void interruptAfter(int skip) {
        int offset = nextUsed + skip;
        boolean wrap = usedWrap;
        if (offset >= size) {
            offset -= size;
            wrap = !wrap;
        }
        memory.putIntRelease(driverEvent, DESCRIPTOR << 16 | (wrap ? 1 << 15 : 0) | offset);
        VarHandle.fullFence();
    }

    @Override
    int notificationData() {
        return nextAvail | (availWrap ? 1 << 15 : 0);
    }
}
