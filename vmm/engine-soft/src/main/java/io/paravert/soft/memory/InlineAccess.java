package io.paravert.soft.memory;

import io.paravert.memory.RawMemory;

/**
 * What translated code calls for an access to memory: by way of one of its {@link Windows}, whose first word is {@code w}, else as {@link LinearMemory}
 * does it. {@code instructions} have been run since the region was entered. Short enough that HotSpot puts each into its caller. vCPU thread only.
 */
public final class InlineAccess {
    private InlineAccess() {}

    public static long load8(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            long value = RawMemory.getByte(va + windows[w + 2]) & 0xff;
            MemoryOrder.afterLoad();
            return value;
        }
        long value = memory.load8(va);
        if (windows[w + 1] != Windows.CLOSED) {
            Windows.miss(windows, w, memory, va, instructions);
        }
        return value;
    }

    public static long load16(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            long value = RawMemory.getShort(va + windows[w + 2]) & 0xffff;
            MemoryOrder.afterLoad();
            return value;
        }
        long value = memory.load16(va);
        if (windows[w + 1] != Windows.CLOSED) {
            Windows.miss(windows, w, memory, va, instructions);
        }
        return value;
    }

    public static long load32(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            long value = RawMemory.getInt(va + windows[w + 2]) & 0xffff_ffffL;
            MemoryOrder.afterLoad();
            return value;
        }
        long value = memory.load32(va);
        if (windows[w + 1] != Windows.CLOSED) {
            Windows.miss(windows, w, memory, va, instructions);
        }
        return value;
    }

    public static long load64(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            long value = RawMemory.getLong(va + windows[w + 2]);
            MemoryOrder.afterLoad();
            return value;
        }
        long value = memory.load64(va);
        if (windows[w + 1] != Windows.CLOSED) {
            Windows.miss(windows, w, memory, va, instructions);
        }
        return value;
    }

    public static void store8(long va, long value, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            MemoryOrder.beforeStore();
            RawMemory.putByte(va + windows[w + 2], (byte) value);
            return;
        }
        memory.store8(va, value);
        if (windows[w + 1] != Windows.CLOSED) {
            Windows.miss(windows, w, memory, va, instructions);
        }
    }

    public static void store16(long va, long value, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            MemoryOrder.beforeStore();
            RawMemory.putShort(va + windows[w + 2], (short) value);
            return;
        }
        memory.store16(va, value);
        if (windows[w + 1] != Windows.CLOSED) {
            Windows.miss(windows, w, memory, va, instructions);
        }
    }

    public static void store32(long va, long value, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            MemoryOrder.beforeStore();
            RawMemory.putInt(va + windows[w + 2], (int) value);
            return;
        }
        memory.store32(va, value);
        if (windows[w + 1] != Windows.CLOSED) {
            Windows.miss(windows, w, memory, va, instructions);
        }
    }

    public static void store64(long va, long value, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            MemoryOrder.beforeStore();
            RawMemory.putLong(va + windows[w + 2], value);
            return;
        }
        memory.store64(va, value);
        if (windows[w + 1] != Windows.CLOSED) {
            Windows.miss(windows, w, memory, va, instructions);
        }
    }

    /** The lower half of 16 bytes, after all of them were found to be there. */
    public static long loadLow128(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            long value = RawMemory.getLong(va + windows[w + 2]);
            MemoryOrder.afterLoad();
            return value;
        }
        memory.prepareLoad(va, 16);
        long value = memory.load64(va);
        if (windows[w + 1] != Windows.CLOSED) {
            Windows.miss(windows, w, memory, va, instructions);
        }
        return value;
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
        memory.prepareStore(va, 16);
        memory.store64(va, low);
        memory.store64(va + 8, high);
        if (windows[w + 1] != Windows.CLOSED) {
            Windows.miss(windows, w, memory, va, instructions);
        }
    }

    /** A pop of 64-bit code. */
    public static long loadStack(long va, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            long value = RawMemory.getLong(va + windows[w + 2]);
            MemoryOrder.afterLoad();
            return value;
        }
        long value = memory.loadStack(va);
        if (windows[w + 1] != Windows.CLOSED) {
            Windows.miss(windows, w, memory, va, instructions);
        }
        return value;
    }

    /** A push of 64-bit code. */
    public static void storeStack(long va, long value, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            MemoryOrder.beforeStore();
            RawMemory.putLong(va + windows[w + 2], value);
            return;
        }
        memory.storeStack(va, value);
        if (windows[w + 1] != Windows.CLOSED) {
            Windows.miss(windows, w, memory, va, instructions);
        }
    }

    /** Where a read-modify-write of {@code bytes} bytes can be made at once, or 0 if it must take the slow way. */
    public static long hostForUpdate(
            long va, int bytes, LinearMemory memory, long[] windows, int w, long instructions) {
        if (va - windows[w] < windows[w + 1]) {
            return va + windows[w + 2];
        }
        long host = memory.hostForUpdate(va, bytes);
        if (host != 0 && windows[w + 1] != Windows.CLOSED) {
            Windows.miss(windows, w, memory, va, instructions);
        }
        return host;
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
