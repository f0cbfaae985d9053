package io.paravert.vmm.pv;

import io.paravert.memory.RawMemory;

/** A bounded queue of bytes; it grows to its bound as it is needed, for most guests have little to say. Its owner locks. */
final class ByteRing {
    private static final int FIRST = 1024;

    private final int capacity;
    private byte[] ring = new byte[0];
    /** Bytes taken and put since the start; their difference is what waits. */
    private long taken;

    private long put;

    /** @param capacity a power of two */
    ByteRing(int capacity) {
        this.capacity = capacity;
    }

    int waiting() {
        return (int) (put - taken);
    }

    int room() {
        return capacity - waiting();
    }

    /** Makes the ring hold so many more, which there is room for. */
    private void hold(int more) {
        int needed = waiting() + more;
        if (needed <= ring.length) {
            return;
        }
        int size = Math.max(FIRST, Integer.highestOneBit(needed - 1) << 1);
        byte[] larger = new byte[Math.min(capacity, size)];
        int waiting = take(larger, 0, larger.length);
        ring = larger;
        taken = 0;
        put = waiting;
    }

    private int index(long position) {
        return (int) position & (ring.length - 1);
    }

    /** False if there is no room. */
    boolean put(byte value) {
        if (room() == 0) {
            return false;
        }
        hold(1);
        ring[index(put++)] = value;
        return true;
    }

    /** Puts as much as there is room for; returns how much. */
    int put(byte[] source, int offset, int length) {
        int count = Math.min(length, room());
        hold(count);
        int first = Math.min(count, ring.length - index(put));
        System.arraycopy(source, offset, ring, index(put), first);
        System.arraycopy(source, offset + first, ring, 0, count - first);
        put += count;
        return count;
    }

    /** As {@link #put(byte[], int, int)}, from a checked host address. */
    int putFrom(long address, int length) {
        int count = Math.min(length, room());
        hold(count);
        int first = Math.min(count, ring.length - index(put));
        RawMemory.read(address, ring, index(put), first);
        RawMemory.read(address + first, ring, 0, count - first);
        put += count;
        return count;
    }

    /** Takes what waits, up to a length; returns how much. */
    int take(byte[] target, int offset, int length) {
        int count = Math.min(length, waiting());
        int first = Math.min(count, ring.length - index(taken));
        System.arraycopy(ring, index(taken), target, offset, first);
        System.arraycopy(ring, 0, target, offset + first, count - first);
        taken += count;
        return count;
    }

    /** As {@link #take}, to a checked host address. */
    int takeTo(long address, int length) {
        int count = Math.min(length, waiting());
        int first = Math.min(count, ring.length - index(taken));
        RawMemory.write(address, ring, index(taken), first);
        RawMemory.write(address + first, ring, 0, count - first);
        taken += count;
        return count;
    }
}
