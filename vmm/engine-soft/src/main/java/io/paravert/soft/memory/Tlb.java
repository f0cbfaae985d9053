package io.paravert.soft.memory;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.LongConsumer;

/**
 * The software TLB of one vCPU: direct-mapped, hashed, four words a slot.
 *
 * <pre>
 * word 0  tag that lets loads pass        page address | key
 *      1  tag that lets stores pass       page address | key
 *      2  host address minus linear address
 *      3  tag that lets stores pass after a report to the code watch
 * </pre>
 *
 * A <em>key</em> (1 to 4094) stands for an address space and a kind of privilege: changing either changes the key that accesses
 * look for, and flushing an address space gives it new keys. So a flush costs nothing, and old entries stay behind unmatched.
 * Key 0 marks an empty slot. vCPU thread only.
 */
final class Tlb {
    static final int SLOTS = 1024;
    static final int WORDS = 4;
    static final int LOAD = 0;
    static final int STORE = 1;
    static final int ADDEND = 2;
    static final int WATCHED = 3;

    /** Kinds of privilege that an access can have, each with a key of its own. */
    static final int USER = 0;

    static final int SUPERVISOR = 1;
    static final int SUPERVISOR_SMAP = 2;
    static final int KINDS = 3;

    /** A key that no entry has, so that every access goes the slow way. */
    static final int NO_KEY = 4095;

    private static final int LAST_KEY = NO_KEY - 1;
    private static final int LOST_BITS = 1 << 24;
    private static final int SPACES = 16;
    private static final long PAGE = GuestPhysical.PAGE;

    /** Times that everything was flushed: keys of before stand for something else now. */
    int generation;
    /** Times that something was flushed or a right taken away: {@link Windows} of before must not be used. */
    long revoked;
    /**
     * Guest-physical pages whose right to be stored to unseen has left {@link #words}, but may live on in windows; by number, pages
     * beyond 64 GiB with others in one bit.
     */
    private final BitSet lost = new BitSet();

    final long[] words = new long[SLOTS * WORDS];
    private final long[] pages = new long[SLOTS];

    /** One bit a slot: it holds a global page (AMD APM vol. 2, 5.5.1), which loads of CR3 leave alone. */
    private final long[] globals = new long[SLOTS / 64];

    private final int[] spaces = new int[SPACES];
    private final int[] keys = new int[SPACES * KINDS];
    private int nextSpace;
    private int lastKey;

    /** Bounds of all large pages that were entered since the last flush of everything. */
    private long largeFrom = -1;

    private long largeTo;

    Tlb() {
        Arrays.fill(spaces, -1);
    }

    /** First word of the slot for a linear address. */
    static int slot(long va) {
        return ((int) (va >>> 12) ^ (int) (va >>> 22)) << 2 & (SLOTS - 1) << 2;
    }

    /** The key of an address space (a PCID) and a kind of privilege. */
    long key(int space, int kind) {
        int i = 0;
        while (i < SPACES && spaces[i] != space) {
            i++;
        }
        if (i == SPACES) {
            i = nextSpace;
            nextSpace = (i + 1) % SPACES;
            forget(i);
            spaces[i] = space;
        }
        if (keys[i * KINDS + kind] == 0) {
            if (lastKey == LAST_KEY) {
                flushAll();
                spaces[i] = space;
            }
            keys[i * KINDS + kind] = ++lastKey;
        }
        return keys[i * KINDS + kind];
    }

    private void forget(int i) {
        spaces[i] = -1;
        Arrays.fill(keys, i * KINDS, (i + 1) * KINDS, 0);
    }

    void flushAll() {
        revoke();
        generation++;
        Arrays.fill(words, 0);
        Arrays.fill(spaces, -1);
        Arrays.fill(keys, 0);
        Arrays.fill(globals, 0);
        lastKey = 0;
        largeFrom = -1;
        largeTo = 0;
    }

    void flushSpace(int space) {
        revoke();
        for (int i = 0; i < SPACES; i++) {
            if (spaces[i] == space) {
                forget(i);
            }
        }
    }

    /**
     * CR3 was loaded: global pages are the new address space's too.
     *
     * @param flush whether all others of the new address space go
     */
    void switchSpace(int from, int to, boolean flush) {
        int[] old = keysOf(from);
        if (flush) {
            flushSpace(to);
        }
        for (int kind = 0; kind < KINDS; kind++) {
            if (old[kind] != 0) {
                carryGlobals(old[kind], key(to, kind));
            }
        }
    }

    private int[] keysOf(int space) {
        for (int i = 0; i < SPACES; i++) {
            if (spaces[i] == space) {
                return Arrays.copyOfRange(keys, i * KINDS, (i + 1) * KINDS);
            }
        }
        return new int[KINDS];
    }

    private void carryGlobals(long from, long to) {
        for (int i = 0; i < globals.length; i++) {
            for (long bits = globals[i]; bits != 0 && from != to; bits &= bits - 1) {
                int s = (i * 64 + Long.numberOfTrailingZeros(bits)) * WORDS;
                carry(s + LOAD, from, to);
                carry(s + STORE, from, to);
                carry(s + WATCHED, from, to);
            }
        }
    }

    private void carry(int word, long from, long to) {
        if ((words[word] & PAGE - 1) == from) {
            words[word] = words[word] & -PAGE | to;
        }
    }

    /** Forgets the page of {@code va} in every address space. */
    void flushPage(long va) {
        revoke();
        if (Long.compareUnsigned(va, largeFrom) >= 0 && Long.compareUnsigned(va, largeTo) < 0) {
            flushAll();
            return;
        }
        int s = slot(va);
        if (((words[s] ^ va) & -PAGE) == 0
                || ((words[s + STORE] ^ va) & -PAGE) == 0
                || ((words[s + WATCHED] ^ va) & -PAGE) == 0) {
            clear(s);
        }
    }

    /** Drops an entry that lets no store pass unseen. */
    void forget(long va) {
        int s = slot(va);
        if (words[s + STORE] == 0) {
            clear(s);
        }
    }

    /** Bit of a guest-physical page in {@link #lost}. */
    private static int mark(long page) {
        return (int) (page >>> 12) & LOST_BITS - 1;
    }

    private void revoke() {
        revoked++;
        lost.clear();
    }

    private void clear(int s) {
        words[s + LOAD] = 0;
        words[s + STORE] = 0;
        words[s + WATCHED] = 0;
    }

    /**
     * Enters a page.
     *
     * @param store the word of the tag for stores: {@link #STORE}, {@link #WATCHED}, or -1 for none
     */
    void enter(long va, long key, long gpa, long host, int store, boolean large, boolean global) {
        int s = slot(va);
        long tag = va & -PAGE | key;
        if (words[s + STORE] != 0) {
            lost.set(mark(pages[s / WORDS]));
        }
        clear(s);
        words[s + LOAD] = tag;
        if (store >= 0) {
            words[s + store] = tag;
        }
        words[s + ADDEND] = host - va;
        pages[s / WORDS] = gpa & -PAGE;
        long bit = 1L << s / WORDS;
        globals[s / WORDS / 64] = global ? globals[s / WORDS / 64] | bit : globals[s / WORDS / 64] & ~bit;
        if (large) {
            long from = va & -(1L << 30);
            largeFrom = Long.compareUnsigned(from, largeFrom) < 0 ? from : largeFrom;
            largeTo = Long.compareUnsigned(from + (1L << 30), largeTo) > 0 ? from + (1L << 30) : largeTo;
        }
    }

    /** Guest-physical page that a slot stands for. */
    long page(int slot) {
        return pages[slot / WORDS];
    }

    /**
     * Takes away the right to store unseen to a guest-physical page.
     *
     * @return true if there was one
     */
    boolean watch(long page) {
        boolean found = lost.get(mark(page));
        revoke();
        for (int i = 0; i < SLOTS; i++) {
            int s = i * WORDS;
            if (pages[i] == page && words[s + STORE] != 0) {
                words[s + WATCHED] = words[s + STORE];
                words[s + STORE] = 0;
                found = true;
            }
        }
        return found;
    }

    /** Names every guest-physical page that stores may have reached unseen since something was last revoked. */
    void forEachStorable(LongConsumer report) {
        for (int bit = lost.nextSetBit(0); bit >= 0; bit = lost.nextSetBit(bit + 1)) {
            for (long page = bit; page < 1L << GuestPhysical.ADDRESS_BITS - 12; page += LOST_BITS) {
                report.accept(page << 12);
            }
        }
        for (int i = 0; i < SLOTS; i++) {
            if (words[i * WORDS + STORE] != 0) {
                report.accept(pages[i]);
            }
        }
    }
}
