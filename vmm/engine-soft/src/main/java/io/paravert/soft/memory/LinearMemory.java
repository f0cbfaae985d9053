package io.paravert.soft.memory;

import io.paravert.memory.RawMemory;

/**
 * Loads and stores by linear address, as the current privilege may make them: the fast half, a probe of the software TLB. What
 * misses, crosses a page or meets a device goes to {@link SlowAccess}. Loads are zero-extended. Every access keeps x86's order (AMD
 * APM vol. 2, 7.2): a load is not passed by what follows it, a store does not pass what precedes it; on x86 hosts that binds the
 * JIT compiler only and costs no instruction. vCPU thread only.
 */
public final class LinearMemory {
    private static final long PAGE_MASK = -GuestPhysical.PAGE;

    private final Tlb table;
    private final long[] tlb;
    private final SlowAccess slow;
    /** What tags must carry to match. */
    private long key;

    LinearMemory(Tlb table, SlowAccess slow) {
        this.table = table;
        this.tlb = table.words;
        this.slow = slow;
    }

    void setKey(long newKey) {
        key = newKey;
    }

    /** What tags must carry to match. Changes with mode, privilege and address space only. */
    public long key() {
        return key;
    }

    /** Counts flushes and rights taken away; see {@link Windows}. */
    public long revoked() {
        return table.revoked;
    }

    /** The software TLB's words, for {@link Windows}. */
    long[] table() {
        return tlb;
    }

    /** False while each access has to be looked at: for watchpoints or alignment. */
    public boolean isFast() {
        return key != Tlb.NO_KEY;
    }

    /** Where a read-modify-write can be made at once, or 0; see {@link InlineAccess}. */
    long hostForUpdate(long va, int bytes) {
        int s = Tlb.slot(va);
        return tlb[s + Tlb.STORE] == (va + bytes - 1 & PAGE_MASK | key) ? va + tlb[s + Tlb.ADDEND] : 0;
    }

    public long load8(long va) {
        int s = Tlb.slot(va);
        if (tlb[s] != (va & PAGE_MASK | key)) {
            return slow.load(va, 1);
        }
        long value = RawMemory.getByte(va + tlb[s + Tlb.ADDEND]) & 0xff;
        MemoryOrder.afterLoad();
        return value;
    }

    public long load16(long va) {
        int s = Tlb.slot(va);
        if (tlb[s] != (va + 1 & PAGE_MASK | key)) {
            return slow.load(va, 2);
        }
        long value = RawMemory.getShort(va + tlb[s + Tlb.ADDEND]) & 0xffff;
        MemoryOrder.afterLoad();
        return value;
    }

    public long load32(long va) {
        int s = Tlb.slot(va);
        if (tlb[s] != (va + 3 & PAGE_MASK | key)) {
            return slow.load(va, 4);
        }
        long value = RawMemory.getInt(va + tlb[s + Tlb.ADDEND]) & 0xffff_ffffL;
        MemoryOrder.afterLoad();
        return value;
    }

    public long load64(long va) {
        int s = Tlb.slot(va);
        if (tlb[s] != (va + 7 & PAGE_MASK | key)) {
            return slow.load(va, 8);
        }
        long value = RawMemory.getLong(va + tlb[s + Tlb.ADDEND]);
        MemoryOrder.afterLoad();
        return value;
    }

    public void store8(long va, long value) {
        int s = Tlb.slot(va);
        if (tlb[s + Tlb.STORE] != (va & PAGE_MASK | key)) {
            slow.store(va, 1, value);
            return;
        }
        MemoryOrder.beforeStore();
        RawMemory.putByte(va + tlb[s + Tlb.ADDEND], (byte) value);
    }

    public void store16(long va, long value) {
        int s = Tlb.slot(va);
        if (tlb[s + Tlb.STORE] != (va + 1 & PAGE_MASK | key)) {
            slow.store(va, 2, value);
            return;
        }
        MemoryOrder.beforeStore();
        RawMemory.putShort(va + tlb[s + Tlb.ADDEND], (short) value);
    }

    public void store32(long va, long value) {
        int s = Tlb.slot(va);
        if (tlb[s + Tlb.STORE] != (va + 3 & PAGE_MASK | key)) {
            slow.store(va, 4, value);
            return;
        }
        MemoryOrder.beforeStore();
        RawMemory.putInt(va + tlb[s + Tlb.ADDEND], (int) value);
    }

    public void store64(long va, long value) {
        int s = Tlb.slot(va);
        if (tlb[s + Tlb.STORE] != (va + 7 & PAGE_MASK | key)) {
            slow.store(va, 8, value);
            return;
        }
        MemoryOrder.beforeStore();
        RawMemory.putLong(va + tlb[s + Tlb.ADDEND], value);
    }

    /** A pop of 64-bit code: as {@link #load64}, but a non-canonical address raises #SS. */
    public long loadStack(long va) {
        int s = Tlb.slot(va);
        if (tlb[s] != (va + 7 & PAGE_MASK | key)) {
            return slow.loadStack(va);
        }
        long value = RawMemory.getLong(va + tlb[s + Tlb.ADDEND]);
        MemoryOrder.afterLoad();
        return value;
    }

    /** A push of 64-bit code: as {@link #store64}, but a non-canonical address raises #SS. */
    public void storeStack(long va, long value) {
        int s = Tlb.slot(va);
        if (tlb[s + Tlb.STORE] != (va + 7 & PAGE_MASK | key)) {
            slow.storeStack(va, value);
            return;
        }
        MemoryOrder.beforeStore();
        RawMemory.putLong(va + tlb[s + Tlb.ADDEND], value);
    }

    /** A load of 1, 2, 4 or 8 bytes. */
    public long load(long va, int bytes) {
        return switch (bytes) {
            case 1 -> load8(va);
            case 2 -> load16(va);
            case 4 -> load32(va);
            default -> load64(va);
        };
    }

    /** A store of 1, 2, 4 or 8 bytes. */
    public void store(long va, int bytes, long value) {
        switch (bytes) {
            case 1 -> store8(va, value);
            case 2 -> store16(va, value);
            case 4 -> store32(va, value);
            default -> store64(va, value);
        }
    }

    /** The load of a read-modify-write: faults as the store would, so that the store that follows cannot. */
    public long loadForUpdate(long va, int bytes) {
        int s = Tlb.slot(va);
        if (tlb[s + Tlb.STORE] != (va + bytes - 1 & PAGE_MASK | key)) {
            slow.prepareStore(va, bytes);
        }
        return load(va, bytes);
    }

    /** Faults if a store to any of {@code bytes} bytes (up to 4096) would; stores nothing. */
    public void prepareStore(long va, int bytes) {
        int s = Tlb.slot(va);
        if (tlb[s + Tlb.STORE] != (va + bytes - 1 & PAGE_MASK | key)) {
            slow.prepareStore(va, bytes);
        }
    }

    /** Faults if a load of any of {@code bytes} bytes (up to 4096) that crosses a page would; loads nothing. */
    public void prepareLoad(long va, int bytes) {
        if ((va & (GuestPhysical.PAGE - 1)) + bytes > GuestPhysical.PAGE) {
            slow.prepareLoad(va);
        }
    }

    /**
     * Host address for loads of {@code va} and what follows it in its page, or 0 if the page must be read access by access (no
     * memory, or not yet translated).
     */
    public long hostForLoad(long va) {
        int s = Tlb.slot(va);
        return tlb[s] == (va & PAGE_MASK | key) ? va + tlb[s + Tlb.ADDEND] : 0;
    }

    /** Host address for a load as another key allows it, or 0; see {@link #hostForLoad(long)}. */
    long hostForLoad(long va, int bytes, long otherKey) {
        int s = Tlb.slot(va);
        return tlb[s] == (va + bytes - 1 & PAGE_MASK | otherKey) ? va + tlb[s + Tlb.ADDEND] : 0;
    }

    /** Host address for unseen stores; see {@link #hostForLoad}. */
    public long hostForStore(long va) {
        int s = Tlb.slot(va);
        return tlb[s + Tlb.STORE] == (va & PAGE_MASK | key) ? va + tlb[s + Tlb.ADDEND] : 0;
    }

    /** A LOCK-ed exchange: the value at {@code va} becomes {@code value} if it is {@code expected}. Other threads see it whole. */
    public boolean compareAndSet(long va, int bytes, long expected, long value) {
        return slow.atomics().compareAndSet(this, va, bytes, expected, value);
    }

    /** As {@link #compareAndSet}, of the 16 bytes at a multiple of 16. */
    public boolean compareAndSet16(long va, long low, long high, long newLow, long newHigh) {
        return slow.atomics().compareAndSet16(this, va, low, high, newLow, newHigh);
    }
}
