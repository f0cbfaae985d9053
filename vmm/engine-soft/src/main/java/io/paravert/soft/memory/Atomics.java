package io.paravert.soft.memory;

import io.paravert.memory.RawMemory;

/**
 * LOCK-ed accesses. What lies within one aligned 8-byte word is one compare-and-set of the host's. What does not (16 bytes, and
 * operands across words) is done while the {@link BusLock} keeps all other vCPUs from running.
 */
final class Atomics {
    private final SlowAccess access;
    private final BusLock.Agent bus;

    Atomics(SlowAccess access, BusLock.Agent bus) {
        this.access = access;
        this.bus = bus;
    }

    boolean compareAndSet(LinearMemory memory, long va, int bytes, long expected, long value) {
        if ((va & 7) + bytes > 8) {
            return split(memory, va, bytes, expected, value);
        }
        long host = access.locate(va, Paging.WRITE);
        if (host == 0) {
            return compareThenStore(memory, va, bytes, expected, value);
        }
        access.refuseOwnCode(bytes);
        boolean done = bytes == 8
                ? RawMemory.compareAndSetLong(host, expected, value)
                : bytes == 4 && (host & 3) == 0
                        ? RawMemory.compareAndSetInt(host, (int) expected, (int) value)
                        : compareAndSetPart(host, bytes, expected, value);
        if (done) {
            access.reportStore(bytes);
        }
        return done;
    }

    private static boolean compareAndSetPart(long host, int bytes, long expected, long value) {
        long word = host & -8;
        int shift = (int) (host & 7) * 8;
        long mask = (-1L >>> 64 - 8 * bytes) << shift;
        while (true) {
            long old = RawMemory.getLongAcquire(word);
            if (((old ^ expected << shift) & mask) != 0) {
                return false;
            }
            if (RawMemory.compareAndSetLong(word, old, old & ~mask | value << shift & mask)) {
                return true;
            }
        }
    }

    /** Both words at once; devices' space has no order that could be kept. */
    private boolean split(LinearMemory memory, long va, int bytes, long expected, long value) {
        if (!access.isMemory(va, bytes)) {
            return compareThenStore(memory, va, bytes, expected, value);
        }
        bus.lock();
        try {
            return compareThenStore(memory, va, bytes, expected, value);
        } finally {
            bus.unlock();
        }
    }

    private static boolean compareThenStore(LinearMemory memory, long va, int bytes, long expected, long value) {
        if (memory.load(va, bytes) != expected) {
            return false;
        }
        memory.store(va, bytes, value);
        return true;
    }

    /** CMPXCHG16B with LOCK. The operand is 16-byte aligned, and a store to it does not fault. */
    boolean compareAndSet16(LinearMemory memory, long va, long low, long high, long newLow, long newHigh) {
        if (!access.isMemory(va, 16)) {
            return compareThenStore16(memory, va, low, high, newLow, newHigh);
        }
        bus.lock();
        try {
            return compareThenStore16(memory, va, low, high, newLow, newHigh);
        } finally {
            bus.unlock();
        }
    }

    private static boolean compareThenStore16(
            LinearMemory memory, long va, long low, long high, long newLow, long newHigh) {
        if (memory.load64(va) != low || memory.load64(va + 8) != high) {
            return false;
        }
        memory.store64(va, newLow);
        memory.store64(va + 8, newHigh);
        return true;
    }
}
