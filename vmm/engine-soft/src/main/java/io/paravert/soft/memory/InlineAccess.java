package io.paravert.soft.memory;

import static io.paravert.soft.memory.GuestPhysical.PAGE;

import io.paravert.memory.RawMemory;

/**
 * What translated code calls for an access to memory: {@link LinearMemory}'s fast halves with the table and the key in the caller's
 * hands, where they stay in registers. Short enough that HotSpot puts each into its caller. vCPU thread only.
 */
public final class InlineAccess {
    private InlineAccess() {}

    public static long at8(long host) {
        long value = RawMemory.getByte(host) & 0xff;
        RawMemory.loadFence();
        return value;
    }

    public static long at16(long host) {
        long value = RawMemory.getShort(host) & 0xffff;
        RawMemory.loadFence();
        return value;
    }

    public static long at32(long host) {
        long value = RawMemory.getInt(host) & 0xffff_ffffL;
        RawMemory.loadFence();
        return value;
    }

    public static long at64(long host) {
        long value = RawMemory.getLong(host);
        RawMemory.loadFence();
        return value;
    }

    public static void put8(long host, long value) {
        RawMemory.storeFence();
        RawMemory.putByte(host, (byte) value);
    }

    public static void put16(long host, long value) {
        RawMemory.storeFence();
        RawMemory.putShort(host, (short) value);
    }

    public static void put32(long host, long value) {
        RawMemory.storeFence();
        RawMemory.putInt(host, (int) value);
    }

    public static void put64(long host, long value) {
        RawMemory.storeFence();
        RawMemory.putLong(host, value);
    }

    public static long load8(LinearMemory memory, long[] tlb, long key, long va) {
        int s = Tlb.slot(va);
        if (tlb[s] != (va & -PAGE | key)) {
            return memory.loadSlow(va, 1);
        }
        long value = RawMemory.getByte(va + tlb[s + Tlb.ADDEND]) & 0xff;
        MemoryOrder.afterLoad();
        return value;
    }

    public static long load16(LinearMemory memory, long[] tlb, long key, long va) {
        int s = Tlb.slot(va);
        if (tlb[s] != (va + 1 & -PAGE | key)) {
            return memory.loadSlow(va, 2);
        }
        long value = RawMemory.getShort(va + tlb[s + Tlb.ADDEND]) & 0xffff;
        MemoryOrder.afterLoad();
        return value;
    }

    public static long load32(LinearMemory memory, long[] tlb, long key, long va) {
        int s = Tlb.slot(va);
        if (tlb[s] != (va + 3 & -PAGE | key)) {
            return memory.loadSlow(va, 4);
        }
        long value = RawMemory.getInt(va + tlb[s + Tlb.ADDEND]) & 0xffff_ffffL;
        MemoryOrder.afterLoad();
        return value;
    }

    public static long load64(LinearMemory memory, long[] tlb, long key, long va) {
        int s = Tlb.slot(va);
        if (tlb[s] != (va + 7 & -PAGE | key)) {
            return memory.loadSlow(va, 8);
        }
        long value = RawMemory.getLong(va + tlb[s + Tlb.ADDEND]);
        MemoryOrder.afterLoad();
        return value;
    }

    public static void store8(LinearMemory memory, long[] tlb, long key, long va, long value) {
        int s = Tlb.slot(va);
        if (tlb[s + Tlb.STORE] != (va & -PAGE | key)) {
            memory.storeSlow(va, 1, value);
            return;
        }
        MemoryOrder.beforeStore();
        RawMemory.putByte(va + tlb[s + Tlb.ADDEND], (byte) value);
    }

    public static void store16(LinearMemory memory, long[] tlb, long key, long va, long value) {
        int s = Tlb.slot(va);
        if (tlb[s + Tlb.STORE] != (va + 1 & -PAGE | key)) {
            memory.storeSlow(va, 2, value);
            return;
        }
        MemoryOrder.beforeStore();
        RawMemory.putShort(va + tlb[s + Tlb.ADDEND], (short) value);
    }

    public static void store32(LinearMemory memory, long[] tlb, long key, long va, long value) {
        int s = Tlb.slot(va);
        if (tlb[s + Tlb.STORE] != (va + 3 & -PAGE | key)) {
            memory.storeSlow(va, 4, value);
            return;
        }
        MemoryOrder.beforeStore();
        RawMemory.putInt(va + tlb[s + Tlb.ADDEND], (int) value);
    }

    public static void store64(LinearMemory memory, long[] tlb, long key, long va, long value) {
        int s = Tlb.slot(va);
        if (tlb[s + Tlb.STORE] != (va + 7 & -PAGE | key)) {
            memory.storeSlow(va, 8, value);
            return;
        }
        MemoryOrder.beforeStore();
        RawMemory.putLong(va + tlb[s + Tlb.ADDEND], value);
    }

    /** Sixteen bytes, or none of them. */
    public static void store128(LinearMemory memory, long va, long low, long high) {
        memory.prepareStore(va, 16);
        memory.store64(va, low);
        memory.store64(va + 8, high);
    }

    /** A pop of 64-bit code. */
    public static long loadStack(LinearMemory memory, long[] tlb, long key, long va) {
        int s = Tlb.slot(va);
        if (tlb[s] != (va + 7 & -PAGE | key)) {
            return memory.loadStackSlow(va);
        }
        long value = RawMemory.getLong(va + tlb[s + Tlb.ADDEND]);
        MemoryOrder.afterLoad();
        return value;
    }

    /** A push of 64-bit code. */
    public static void storeStack(LinearMemory memory, long[] tlb, long key, long va, long value) {
        int s = Tlb.slot(va);
        if (tlb[s + Tlb.STORE] != (va + 7 & -PAGE | key)) {
            memory.storeStackSlow(va, value);
            return;
        }
        MemoryOrder.beforeStore();
        RawMemory.putLong(va + tlb[s + Tlb.ADDEND], value);
    }

    /** Where a read-modify-write of {@code bytes} bytes can be made at once, or 0 if it must take the slow way. */
    public static long hostForUpdate(long[] tlb, long key, long va, int bytes) {
        int s = Tlb.slot(va);
        return tlb[s + Tlb.STORE] == (va + bytes - 1 & -PAGE | key) ? va + tlb[s + Tlb.ADDEND] : 0;
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
