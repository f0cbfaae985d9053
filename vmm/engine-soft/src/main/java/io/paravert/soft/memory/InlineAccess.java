package io.paravert.soft.memory;

import io.paravert.memory.RawMemory;

/**
 * What translated code calls for an access to memory: by way of one of its {@link Windows}, whose first word is {@code w}, else as {@link MissedAccess}
 * does it. {@code instructions} have been run since the region was entered. Short enough that HotSpot puts each into its caller; a region
 * has hundreds. vCPU thread only.
 */
public final class InlineAccess {
    private InlineAccess() {}

    /** A load from a host address, as those that follow. */
    public static long get8(long host) {
        long value = RawMemory.getByte(host) & 0xff;
        MemoryOrder.afterLoad();
        return value;
    }

    public static long get16(long host) {
        long value = RawMemory.getShort(host) & 0xffff;
        MemoryOrder.afterLoad();
        return value;
    }

    public static long get32(long host) {
        long value = RawMemory.getInt(host) & 0xffff_ffffL;
        MemoryOrder.afterLoad();
        return value;
    }

    public static long get64(long host) {
        long value = RawMemory.getLong(host);
        MemoryOrder.afterLoad();
        return value;
    }

    public static void put8(long host, long value) {
        MemoryOrder.beforeStore();
        RawMemory.putByte(host, (byte) value);
    }

    public static void put16(long host, long value) {
        MemoryOrder.beforeStore();
        RawMemory.putShort(host, (short) value);
    }

    public static void put32(long host, long value) {
        MemoryOrder.beforeStore();
        RawMemory.putInt(host, (int) value);
    }

    public static void put64(long host, long value) {
        MemoryOrder.beforeStore();
        RawMemory.putLong(host, value);
    }

    public static long load8(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            long value = RawMemory.getByte(va + windows[w + 2]) & 0xff;
            MemoryOrder.afterLoad();
            return value;
        }
        return MissedAccess.load8(va, memory, windows, w, instructions);
    }

    public static long load16(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            long value = RawMemory.getShort(va + windows[w + 2]) & 0xffff;
            MemoryOrder.afterLoad();
            return value;
        }
        return MissedAccess.load16(va, memory, windows, w, instructions);
    }

    public static long load32(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            long value = RawMemory.getInt(va + windows[w + 2]) & 0xffff_ffffL;
            MemoryOrder.afterLoad();
            return value;
        }
        return MissedAccess.load32(va, memory, windows, w, instructions);
    }

    public static long load64(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            long value = RawMemory.getLong(va + windows[w + 2]);
            MemoryOrder.afterLoad();
            return value;
        }
        return MissedAccess.load64(va, memory, windows, w, instructions);
    }

    public static void store8(long va, long value, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            MemoryOrder.beforeStore();
            RawMemory.putByte(va + windows[w + 2], (byte) value);
            return;
        }
        MissedAccess.store8(va, value, memory, windows, w, instructions);
    }

    public static void store16(long va, long value, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            MemoryOrder.beforeStore();
            RawMemory.putShort(va + windows[w + 2], (short) value);
            return;
        }
        MissedAccess.store16(va, value, memory, windows, w, instructions);
    }

    public static void store32(long va, long value, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            MemoryOrder.beforeStore();
            RawMemory.putInt(va + windows[w + 2], (int) value);
            return;
        }
        MissedAccess.store32(va, value, memory, windows, w, instructions);
    }

    public static void store64(long va, long value, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            MemoryOrder.beforeStore();
            RawMemory.putLong(va + windows[w + 2], value);
            return;
        }
        MissedAccess.store64(va, value, memory, windows, w, instructions);
    }

    /** The lower half of 16 bytes, after all of them were found to be there. */
    public static long loadLow128(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            long value = RawMemory.getLong(va + windows[w + 2]);
            MemoryOrder.afterLoad();
            return value;
        }
        memory.prepareLoad(va, 16);
        return MissedAccess.load64(va, memory, windows, w, instructions);
    }

    /** Sixteen bytes, or none of them. */
    public static void store128(
            long va, long low, long high, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            long host = va + windows[w + 2];
            MemoryOrder.beforeStore();
            RawMemory.putLong(host, low);
            MemoryOrder.beforeStore();
            RawMemory.putLong(host + 8, high);
            return;
        }
        MissedAccess.store128(va, low, high, memory, windows, w, instructions);
    }

    /** A pop of 64-bit code. */
    public static long loadStack(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            long value = RawMemory.getLong(va + windows[w + 2]);
            MemoryOrder.afterLoad();
            return value;
        }
        return MissedAccess.loadStack(va, memory, windows, w, instructions);
    }

    /** A push of 64-bit code. */
    public static void storeStack(long va, long value, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            MemoryOrder.beforeStore();
            RawMemory.putLong(va + windows[w + 2], value);
            return;
        }
        MissedAccess.storeStack(va, value, memory, windows, w, instructions);
    }

    /** Where a read-modify-write of {@code bytes} bytes can be made at once, or 0 if it must take the slow way. */
    public static long hostForUpdate(
            long va, int bytes, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            return va + windows[w + 2];
        }
        return MissedAccess.hostForUpdate(va, bytes, memory, windows, w, instructions);
    }

    /** @param host of {@link #hostForUpdate} */
    public static long loadForUpdate(LinearMemory memory, long host, long va, int bytes) {
        if (host == 0) {
            return memory.loadForUpdate(va, bytes);
        }
        long value = bytes == 8
                ? RawMemory.getLong(host)
                : bytes == 4
                        ? RawMemory.getInt(host) & 0xffff_ffffL
                        : bytes == 2 ? RawMemory.getShort(host) & 0xffff : RawMemory.getByte(host) & 0xff;
        MemoryOrder.afterLoad();
        return value;
    }

    /** @param host of {@link #hostForUpdate} */
    public static void storeUpdated(LinearMemory memory, long host, long va, int bytes, long value) {
        if (host == 0) {
            memory.store(va, bytes, value);
            return;
        }
        MemoryOrder.beforeStore();
        switch (bytes) {
            case 1 -> RawMemory.putByte(host, (byte) value);
            case 2 -> RawMemory.putShort(host, (short) value);
            case 4 -> RawMemory.putInt(host, (int) value);
            default -> RawMemory.putLong(host, value);
        }
    }
}
