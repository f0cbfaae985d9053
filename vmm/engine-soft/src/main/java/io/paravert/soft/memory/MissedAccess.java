package io.paravert.soft.memory;

/**
 * What {@link InlineAccess} calls for an access outside its window: makes it by way of the software TLB, and then moves the window
 * there. Apart, so that HotSpot need not look at it for each access of a region.
 */
final class MissedAccess {
    private MissedAccess() {}

    private static void move(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        if (windows[w + 1] != Windows.CLOSED) {
            Windows.miss(windows, w, memory, va, instructions);
        }
    }

    static long load8(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        long value = memory.load8(va);
        move(va, memory, windows, w, instructions);
        return value;
    }

    static long load16(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        long value = memory.load16(va);
        move(va, memory, windows, w, instructions);
        return value;
    }

    static long load32(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        long value = memory.load32(va);
        move(va, memory, windows, w, instructions);
        return value;
    }

    static long load64(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        long value = memory.load64(va);
        move(va, memory, windows, w, instructions);
        return value;
    }

    static void store8(long va, long value, LinearMemory memory, long[] windows, int w, long instructions) {
        memory.store8(va, value);
        move(va, memory, windows, w, instructions);
    }

    static void store16(long va, long value, LinearMemory memory, long[] windows, int w, long instructions) {
        memory.store16(va, value);
        move(va, memory, windows, w, instructions);
    }

    static void store32(long va, long value, LinearMemory memory, long[] windows, int w, long instructions) {
        memory.store32(va, value);
        move(va, memory, windows, w, instructions);
    }

    static void store64(long va, long value, LinearMemory memory, long[] windows, int w, long instructions) {
        memory.store64(va, value);
        move(va, memory, windows, w, instructions);
    }

    static long loadLow128(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        memory.prepareLoad(va, 16);
        long value = memory.load64(va);
        move(va, memory, windows, w, instructions);
        return value;
    }

    static void store128(long va, long low, long high, LinearMemory memory, long[] windows, int w, long instructions) {
        memory.prepareStore(va, 16);
        memory.store64(va, low);
        memory.store64(va + 8, high);
        move(va, memory, windows, w, instructions);
    }

    static long loadStack(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        long value = memory.loadStack(va);
        move(va, memory, windows, w, instructions);
        return value;
    }

    static void storeStack(long va, long value, LinearMemory memory, long[] windows, int w, long instructions) {
        memory.storeStack(va, value);
        move(va, memory, windows, w, instructions);
    }

    static long hostForUpdate(long va, int bytes, LinearMemory memory, long[] windows, int w, long instructions) {
        long host = memory.hostForUpdate(va, bytes);
        if (host != 0) {
            move(va, memory, windows, w, instructions);
        }
        return host;
    }
}
