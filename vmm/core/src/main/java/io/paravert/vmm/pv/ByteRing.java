package io.paravert.vmm.pv;

import io.paravert.memory.RawMemory;

/** A bounded queue of bytes. Its owner locks. */
final class ByteRing {
    private final byte[] ring;
    /** Bytes taken and put since the start; their difference is what waits. */
    private long taken;

    private long put;

    /** @param capacity a power of two */
    ByteRing(int capacity) {
        ring = new byte[capacity];
    }

    int waiting() {
        return (int) (put - taken);
    }

    int room() {
        return ring.length - waiting();
    }

    private int index(long position) {
        return (int) position & (ring.length - 1);
    }

    /** False if there is no room. */
    boolean put(byte value) {
        if (room() == 0) {
            return false;
        }
        ring[index(put++)] = value;
        return true;
    }

    /** Puts as much as there is room for; returns how much. */
    int put(byte[] source, int offset, int length) {
        int count = Math.min(length, room());
        int first = Math.min(count, ring.length - index(put));
        System.arraycopy(source, offset, ring, index(put), first);
        System.arraycopy(source, offset + first, ring, 0, count - first);
        put += count;
        return count;
    }

    /** As {@link #put(byte[], int, int)}, from a checked host address. */
    int putFrom(long address, int length) {
        int count = Math.min(length, room());
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
