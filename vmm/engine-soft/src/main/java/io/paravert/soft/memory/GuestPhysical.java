package io.paravert.soft.memory;

import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.EngineException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.BitSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A machine's guest-physical space: four levels of tables, as nested paging has them (AMD APM vol. 2, 15.25), from guest-physical
 * page to host page. One per machine. Looking up is for any thread and takes no lock; changes are rare and serialized.
 *
 * <p>An entry is a host address, a multiple of 4096, with flags in its low bits; 0 where nothing is mapped.
 */
public final class GuestPhysical {
    /** Width of a guest-physical address; CPUID leaf 0x80000008 says so. */
    public static final int ADDRESS_BITS = 46;

    public static final long PAGE = 4096;
    /** There is memory. */
    public static final long PRESENT = 1;
    /** Stores go to memory; else they are device accesses. */
    public static final long WRITABLE = 1 << 1;
    /** Some vCPU holds decoded code of this page, so that stores must be reported. */
    public static final long CODE = 1 << 2;

    /** Some vCPU's shadow was derived from this page, a page table of the guest's, so that stores must be reported. */
    public static final long TABLE = 1 << 3;

    /** The page belongs to a logged mapping and has not been written since the last look; see {@link PageLog}. */
    public static final long LOGGED = 1 << 4;

    /** Any of the reasons why stores must be reported. */
    static final long REPORTED = CODE | TABLE | LOGGED;

    public static final long HOST = -PAGE;

    private static final VarHandle ENTRY = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle NODE = MethodHandles.arrayElementVarHandle(Object[].class);
    private static final int FANOUT = 512;

    /** Tables of levels 4 to 2 are Object[512]; those of level 1 are Leaf. */
    private final Object[] root = new Object[FANOUT];

    private final TreeMap<Long, Range> ranges = new TreeMap<>();

    /** A table of the last level. */
    private static final class Leaf {
        final long[] entries = new long[FANOUT];
        /** For each page one bit for each 64 bytes that some vCPU has decoded; made when the first code is marked. */
        long @Nullable [] codeLines;
    }

    private record Range(long gpa, long bytes) {}

    /** The entry for the page of {@code gpa}, 0 if there is none. */
    public long entry(long gpa) {
        Leaf leaf = leaf(gpa);
        return leaf == null ? 0 : (long) ENTRY.getAcquire(leaf.entries, slot(gpa, 12));
    }

    /** Host address of the byte at {@code gpa}, or 0 if there is no memory. */
    public long host(long gpa) {
        long entry = entry(gpa);
        return entry == 0 ? 0 : (entry & HOST) + (gpa & (PAGE - 1));
    }

    private static int slot(long gpa, int shift) {
        return (int) (gpa >>> shift) & (FANOUT - 1);
    }

    private @Nullable Leaf leaf(long gpa) {
        if (gpa >>> ADDRESS_BITS != 0) {
            return null;
        }
        Object node = NODE.getAcquire(root, slot(gpa, 39));
        if (node == null) {
            return null;
        }
        node = NODE.getAcquire((Object[]) node, slot(gpa, 30));
        if (node == null) {
            return null;
        }
        return (Leaf) NODE.getAcquire((Object[]) node, slot(gpa, 21));
    }

    private Leaf makeLeaf(long gpa) {
        Object[] table = root;
        for (int shift = 39; shift > 21; shift -= 9) {
            int i = slot(gpa, shift);
            if (table[i] == null) {
                NODE.setRelease(table, i, new Object[FANOUT]);
            }
            table = (Object[]) table[i];
        }
        int i = slot(gpa, 21);
        if (table[i] == null) {
            NODE.setRelease(table, i, new Leaf());
        }
        return (Leaf) table[i];
    }

    /**
     * Maps host memory. vCPUs' translations of that range must be flushed by the caller.
     *
     * @throws EngineException if the range is misaligned, too high or overlaps another
     */
    synchronized void map(long gpa, long host, long bytes, boolean readOnly) {
        check(gpa, host, bytes);
        ranges.put(gpa, new Range(gpa, bytes));
        long flags = PRESENT | (readOnly ? 0 : WRITABLE);
        for (long offset = 0; offset < bytes; ) {
            Leaf leaf = makeLeaf(gpa + offset);
            int i = slot(gpa + offset, 12);
            for (; i < FANOUT && offset < bytes; i++, offset += PAGE) {
                ENTRY.setRelease(leaf.entries, i, host + offset | flags);
            }
        }
    }

    private void check(long gpa, long host, long bytes) {
        if (((gpa | host | bytes) & (PAGE - 1)) != 0 || bytes <= 0 || host == 0) {
            throw new EngineException(
                    "cannot map " + bytes + " bytes of host memory at 0x" + Long.toHexString(host)
                            + " to guest-physical 0x" + Long.toHexString(gpa) + ": all three must be multiples of 4096",
                    "");
        }
        long limit = 1L << ADDRESS_BITS;
        if (gpa < 0 || gpa >= limit || bytes > limit - gpa) {
            throw new EngineException(
                    "guest-physical range 0x" + Long.toHexString(gpa) + "+0x" + Long.toHexString(bytes)
                            + " passes the end of guest-physical space, 0x" + Long.toHexString(limit),
                    "");
        }
        var below = ranges.floorEntry(gpa + bytes - 1);
        if (below != null && below.getValue().gpa + below.getValue().bytes > gpa) {
            throw new EngineException(
                    "guest-physical range 0x" + Long.toHexString(gpa) + "+0x" + Long.toHexString(bytes)
                            + " overlaps the one at 0x" + Long.toHexString(below.getKey()),
                    "");
        }
    }

    /** Undoes the {@link #map} that began at {@code gpa}; returns its bytes. */
    synchronized long unmap(long gpa) {
        Range range = ranges.remove(gpa);
        if (range == null) {
            throw new EngineException("no memory was mapped at guest-physical 0x" + Long.toHexString(gpa), "");
        }
        for (long offset = 0; offset < range.bytes; offset += PAGE) {
            Leaf leaf = makeLeaf(gpa + offset);
            ENTRY.setRelease(leaf.entries, slot(gpa + offset, 12), 0L);
            if (leaf.codeLines != null) {
                leaf.codeLines[slot(gpa + offset, 12)] = 0;
            }
        }
        return range.bytes;
    }

    /** Bytes of the mapping that begins at {@code gpa}, or 0. */
    synchronized long mappedAt(long gpa) {
        Range range = ranges.get(gpa);
        return range == null ? 0 : range.bytes;
    }

    /**
     * Notes that the 64-byte lines in {@code lines} of the page have been decoded, or are about to be.
     *
     * @return true if the page held no code so far
     */
    synchronized boolean markCode(long gpa, long lines) {
        Leaf leaf = leaf(gpa);
        int i = slot(gpa, 12);
        if (leaf == null || leaf.entries[i] == 0) {
            return false;
        }
        if (leaf.codeLines == null) {
            leaf.codeLines = new long[FANOUT];
        }
        leaf.codeLines[i] |= lines;
        boolean fresh = (leaf.entries[i] & CODE) == 0;
        ENTRY.setVolatile(leaf.entries, i, leaf.entries[i] | CODE);
        RawMemory.fullFence();
        return fresh;
    }

    /** As {@link #markCode} if the page held code already; else false, and nothing is noted. */
    synchronized boolean markMoreCode(long gpa, long lines) {
        Leaf leaf = leaf(gpa);
        int i = slot(gpa, 12);
        if (leaf == null || leaf.codeLines == null || (leaf.entries[i] & CODE) == 0) {
            return false;
        }
        leaf.codeLines[i] |= lines;
        RawMemory.fullFence();
        return true;
    }

    /**
     * Notes that bytes of a page have been written. If they lie in lines that hold code, the page holds code no longer.
     *
     * @param lines that were written, one bit each
     * @return true if decoded code must be thrown away
     */
    synchronized boolean clearCode(long gpa, long lines) {
        Leaf leaf = leaf(gpa);
        int i = slot(gpa, 12);
        if (leaf == null || leaf.codeLines == null || (leaf.codeLines[i] & lines) == 0) {
            return false;
        }
        leaf.codeLines[i] = 0;
        ENTRY.setVolatile(leaf.entries, i, leaf.entries[i] & ~CODE);
        return true;
    }

    /**
     * Notes that a page is about to be read as a page table.
     *
     * @return true if it was not noted so far
     */
    synchronized boolean markTable(long gpa) {
        Leaf leaf = leaf(gpa);
        int i = slot(gpa, 12);
        if (leaf == null || leaf.entries[i] == 0 || (leaf.entries[i] & TABLE) != 0) {
            return false;
        }
        ENTRY.setVolatile(leaf.entries, i, leaf.entries[i] | TABLE);
        RawMemory.fullFence();
        return true;
    }

    /** Undoes {@link #markTable}; true if it was noted. */
    synchronized boolean clearTable(long gpa) {
        Leaf leaf = leaf(gpa);
        int i = slot(gpa, 12);
        if (leaf == null || (leaf.entries[i] & TABLE) == 0) {
            return false;
        }
        ENTRY.setVolatile(leaf.entries, i, leaf.entries[i] & ~TABLE);
        return true;
    }

    /** Marks all pages of a mapping as not written, or takes the marks away. */
    synchronized void setLogged(long gpa, long bytes, boolean logged) {
        for (long at = gpa; at < gpa + bytes; at += PAGE) {
            long[] entries = makeLeaf(at).entries;
            int i = slot(at, 12);
            ENTRY.setVolatile(entries, i, logged ? entries[i] | LOGGED : entries[i] & ~LOGGED);
        }
    }

    /** Pages of a mapping that have been written, which then are marked as not written. */
    synchronized BitSet collectWritten(long gpa, long bytes) {
        BitSet written = new BitSet();
        for (long at = gpa; at < gpa + bytes; at += PAGE) {
            if ((entry(at) & LOGGED) == 0) {
                written.set((int) ((at - gpa) / PAGE));
                setLogged(at, PAGE, true);
            }
        }
        return written;
    }

    /** A page was written: its mark goes. */
    synchronized void clearLogged(long gpa) {
        Leaf leaf = leaf(gpa);
        int i = slot(gpa, 12);
        if (leaf != null && leaf.entries[i] != 0) {
            ENTRY.setVolatile(leaf.entries, i, leaf.entries[i] & ~LOGGED);
        }
    }

    /** True if code was decoded in any of {@code lines} of the page. */
    synchronized boolean hasCode(long gpa, long lines) {
        Leaf leaf = leaf(gpa);
        return leaf != null && leaf.codeLines != null && (leaf.codeLines[slot(gpa, 12)] & lines) != 0;
    }
}
