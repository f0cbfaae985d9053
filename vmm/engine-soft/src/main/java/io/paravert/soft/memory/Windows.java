package io.paravert.soft.memory;

import static io.paravert.soft.memory.GuestPhysical.PAGE;

/**
 * Where translated code accesses memory without asking the software TLB: each window is a range of linear addresses whose pages had
 * entries with the same distance to the host's memory and the right to load (or to store) unseen. Words of a window:
 *
 * <pre>
 * 0  first address, biased
 * 1  size less {@link #SLACK}, biased: an access of up to 16 bytes at va is inside if va - word 0 &lt; word 1, signed
 * 2  host address minus linear address
 * 3  {@link #FOR_LOADS} or {@link #FOR_STORES}
 * 4  instructions of the region's run until the last miss
 * 5  misses in close succession
 * </pre>
 *
 * An entry that the TLB has replaced may live on here, as in any processor's, until something is flushed or a right revoked: {@link Tlb} counts that,
 * and who comes to run a region resets windows of another count or key. Inside a region neither changes unseen: whatever flushes ends
 * its block and leaves, and other vCPUs' requests wait for a poll. vCPU thread only.
 */
public final class Windows {
    public static final int WORDS = 6;
    private static final long FOR_LOADS = 0;
    private static final long FOR_STORES = 1;
    /** Word 1 of a window that is not worth having: its accesses wander. */
    public static final long CLOSED = Long.MIN_VALUE;

    private static final long EMPTY = Long.MIN_VALUE + 1;
    private static final long BIAS = Long.MIN_VALUE;
    private static final long SLACK = 15;
    /** Pages by which a window grows at once, to either side; doubled for every sixteen misses in close succession. */
    private static final int STRIDE = 4;

    private static final long DOUBLING = 16;
    private static final int MOST_DOUBLINGS = 6;
    /** A miss that follows another within so many instructions counts against the window; so many of them close it. */
    private static final long SOON = 100;

    private static final long MOST_MISSES = 2000;

    private Windows() {}

    /** Empties all windows; those that were closed stay so. */
    public static void reset(long[] windows) {
        for (int i = 0; i < windows.length; i += WORDS) {
            if (windows[i + 1] != CLOSED) {
                windows[i] = 0;
                windows[i + 1] = EMPTY;
            }
        }
    }

    /** Windows for loads or, where {@code forStores} says so, for stores; all empty. */
    public static long[] create(boolean[] forStores) {
        long[] windows = new long[forStores.length * WORDS];
        for (int i = 0; i < forStores.length; i++) {
            windows[i * WORDS + 3] = forStores[i] ? FOR_STORES : FOR_LOADS;
        }
        reset(windows);
        return windows;
    }

    /**
     * For an access that has not been made, because it may be outside its window {@code w}: moves or widens the window if the software TLB
     * has the page.
     *
     * @param instructions that the vCPU has run
     */
    public static void reach(long[] windows, int w, LinearMemory memory, long va, long instructions) {
        if (windows[w + 1] != CLOSED && va - windows[w] >= windows[w + 1]) {
            miss(windows, w, memory, va, instructions);
        }
    }

    /** After an access that was outside its window {@code w} and has been made: moves or widens it. */
    static void miss(long[] windows, int w, LinearMemory memory, long va, long instructions) {
        long[] tlb = memory.table();
        long key = memory.key();
        int part = windows[w + 3] == FOR_STORES ? Tlb.STORE : Tlb.LOAD;
        if (isHopeless(windows, w, instructions)) {
            windows[w + 1] = CLOSED;
            return;
        }
        long page = va & -PAGE;
        int s = Tlb.slot(va);
        if (tlb[s + part] != (page | key)) {
            return;
        }
        long distance = tlb[s + Tlb.ADDEND];
        long from = windows[w] ^ BIAS;
        long to = from + (windows[w + 1] ^ BIAS) + SLACK;
        boolean isKept = windows[w + 1] > EMPTY && windows[w + 2] == distance && page >= from - PAGE && page <= to;
        if (!isKept) {
            from = page;
            to = page + PAGE;
        }
        int stride = STRIDE << (int) Math.min(MOST_DOUBLINGS, windows[w + 5] / DOUBLING);
        for (int i = 0; i < stride && has(tlb, part, key, to, distance); i++) {
            to += PAGE;
        }
        for (int i = 0; i < stride && has(tlb, part, key, from - PAGE, distance); i++) {
            from -= PAGE;
        }
        windows[w] = from ^ BIAS;
        windows[w + 1] = to - from - SLACK ^ BIAS;
        windows[w + 2] = distance;
    }

    private static boolean isHopeless(long[] windows, int w, long instructions) {
        long since = instructions - windows[w + 4];
        windows[w + 4] = instructions;
        boolean soon = since >= 0 && since < SOON;
        windows[w + 5] = soon ? windows[w + 5] + 1 : Math.max(0, windows[w + 5] - 2);
        return windows[w + 5] > MOST_MISSES;
    }

    private static boolean has(long[] tlb, int part, long key, long page, long distance) {
        int s = Tlb.slot(page);
        return tlb[s + part] == (page | key) && tlb[s + Tlb.ADDEND] == distance;
    }
}
