package io.paravert.soft.memory;

import io.paravert.memory.RawMemory;

/**
 * LOCK-ed accesses. What lies within one aligned 8-byte word is one compare-and-set of the host's. What does not (16 bytes, and
 * operands across words) is done under a lock of the machine's: atomic against all other such accesses, not against plain or
 * narrow ones by other vCPUs to the same bytes.
 */
final class Atomics {
    private final SlowAccess access;
    private final MachineMemory machine;

    Atomics(SlowAccess access, MachineMemory machine) {
        this.access = access;
        this.machine = machine;
    }

    boolean compareAndSet(LinearMemory memory, long va, int bytes, long expected, long value) {
        if ((va & 7) + bytes > 8) {
            synchronized (machine.busLock()) {
                return compareThenStore(memory, va, bytes, expected, value);
            }
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

    private static boolean compareThenStore(LinearMemory memory, long va, int bytes, long expected, long value) {
        MemoryOrder.drain();
        if (memory.load(va, bytes) != expected) {
            return false;
        }
        memory.store(va, bytes, value);
        MemoryOrder.drain();
        return true;
    }

    /** CMPXCHG16B: the low words first. The operand is 16-byte aligned, and a store to it does not fault. */
    boolean compareAndSet16(LinearMemory memory, long va, long low, long high, long newLow, long newHigh) {
        synchronized (machine.busLock()) {
            MemoryOrder.drain();
            if (memory.load64(va) != low || memory.load64(va + 8) != high) {
                return false;
            }
            memory.store64(va, newLow);
            memory.store64(va + 8, newHigh);
            MemoryOrder.drain();
            return true;
        }
    }
}
