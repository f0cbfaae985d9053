package io.paravert.soft.memory;

import static io.paravert.soft.state.Control.CR0_PG;
import static io.paravert.soft.state.Control.CR0_WP;
import static io.paravert.soft.state.Control.CR4_PAE;
import static io.paravert.soft.state.Control.CR4_PGE;
import static io.paravert.soft.state.Control.CR4_PSE;
import static io.paravert.soft.state.Control.CR4_SMEP;
import static io.paravert.soft.state.Control.EFER_NXE;

import io.paravert.memory.RawMemory;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Vector;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks a guest's page tables: 32-bit, PAE and 4-level (AMD APM vol. 2, chapter 5; Intel SDM vol. 3, chapter 4). The result stands
 * in this object's fields until the next walk. vCPU thread only.
 */
final class Paging {
    /** Kinds of access, with the bits of a page fault's error code. */
    static final int READ = 0;

    static final int WRITE = 1 << 1;
    static final int USER = 1 << 2;
    static final int FETCH = 1 << 4;

    private static final int PROTECTION = 1;
    private static final int RESERVED_BIT = 1 << 3;

    private static final long P = 1;
    private static final long RW = 1 << 1;
    private static final long US = 1 << 2;
    private static final long A = 1 << 5;
    private static final long D = 1 << 6;
    private static final long PS = 1 << 7;
    private static final long G = 1 << 8;
    private static final long NX = 1L << 63;
    /** The bit of a large page's entry that stands where PS stands in a small one's. */
    private static final long PAT_LARGE = 1 << 12;

    private static final long FRAME = (1L << 52) - 4096;
    /** Address bits that no guest-physical address has. */
    private static final long BEYOND = FRAME & -1L << GuestPhysical.ADDRESS_BITS;

    private final Cpu cpu;
    private final GuestPhysical physical;
    private final PagingCounters counters;

    private final long[] places = new long[4];
    private final long[] entries = new long[4];

    /** Guest-physical address of the byte. */
    long gpa;
    /** A store by the same privilege needs no further walk: it is allowed and the dirty bit is set. */
    boolean writable;
    /** The page is larger than 4 KiB. */
    boolean large;

    /** Loads of CR3 leave the translation alone. */
    boolean global;

    /** What the entries of the walk permit together: user accesses, stores, no instruction fetch; and the leaf's dirty bit. */
    boolean userPage;

    boolean writePage;
    boolean noExecute;
    boolean dirty;

    /** By level the table that was read last, by guest-physical address, and where it is in the host. */
    private final long[] tables = {-1, -1, -1, -1};

    private final long[] tableHosts = new long[4];

    /** Told of each table before an entry of it is read, if there is one. */
    private @Nullable TableReader reader;

    /** Supervisor accesses to user pages fault (SMAP, with RFLAGS.AC clear or the access implicit). */
    boolean smap;

    Paging(Cpu cpu, GuestPhysical physical, PagingCounters counters) {
        this.cpu = cpu;
        this.physical = physical;
        this.counters = counters;
    }

    /** Hears what a walk reads. */
    interface TableReader {
        /** A walk begins, perhaps anew. */
        void begin();

        /** An entry of the table in this guest-physical page is about to be read; the topmost first. */
        void table(long page);
    }

    void setReader(TableReader told) {
        reader = told;
    }

    /**
     * Translates a canonical linear address.
     *
     * @param access READ or WRITE or FETCH, with USER for accesses of privilege 3
     * @throws io.paravert.soft.state.GuestFault a page fault, with CR2 set
     */
    void walk(long va, int access) {
        if ((cpu.cr0 & CR0_PG) == 0) {
            gpa = va & 0xffff_ffffL;
            writable = true;
            large = false;
            global = false;
            return;
        }
        while (!tryWalk(va, access)) {
            counters.restarts++;
        }
    }

    private boolean tryWalk(long va, int access) {
        if (reader != null) {
            reader.begin();
        }
        if (cpu.isLong()) {
            return walkLong(va, access, cpu.cr3 & FRAME, 3, -1);
        }
        if ((cpu.cr4 & CR4_PAE) != 0) {
            long pointer = cpu.pdptes[(int) (va >>> 30) & 3];
            if ((pointer & P) == 0) {
                throw fault(va, access, 0);
            }
            return walkLong(va, access, pointer & FRAME, 1, -1);
        }
        return walk32(va, access);
    }

    /** Tables of eight-byte entries, from {@code top} (3: PML4) down. */
    private boolean walkLong(long va, int access, long root, int top, long initialRights) {
        long table = root;
        long rights = initialRights;
        long deny = 0;
        int level = top;
        for (; ; level--) {
            long place = table + ((va >>> (12 + 9 * level) & 511) << 3);
            long entry = read(place, level);
            if ((entry & P) == 0) {
                throw fault(va, access, 0);
            }
            places[level] = place;
            entries[level] = entry;
            rights &= entry;
            deny |= entry;
            if (level == 0 || (entry & PS) != 0) {
                break;
            }
            checkReserved(va, access, entry, 0);
            table = entry & FRAME;
        }
        long offsets = (1L << (12 + 9 * level)) - 1;
        checkReserved(va, access, entries[level], level == 3 ? PS : offsets & FRAME & ~PAT_LARGE);
        checkRights(va, access, rights, (deny & NX) != 0);
        large = level > 0;
        gpa = (entries[level] & FRAME & ~offsets) | (va & offsets);
        return mark(level, top, access);
    }

    private void checkReserved(long va, int access, long entry, long reserved) {
        long bits = reserved | BEYOND | ((cpu.efer & EFER_NXE) == 0 ? NX : 0);
        if (!cpu.isLong()) {
            bits |= 0x7ffL << 52;
        }
        if ((entry & bits) != 0) {
            throw fault(va, access, PROTECTION | RESERVED_BIT);
        }
    }

    private boolean walk32(long va, int access) {
        long place = (cpu.cr3 & 0xffff_f000L) + (va >>> 20 & 0xffc);
        long directory = read32(place);
        if ((directory & P) == 0) {
            throw fault(va, access, 0);
        }
        places[1] = place;
        entries[1] = directory;
        if ((directory & PS) != 0 && (cpu.cr4 & CR4_PSE) != 0) {
            if ((directory & 1 << 21) != 0) {
                throw fault(va, access, PROTECTION | RESERVED_BIT);
            }
            checkRights(va, access, directory, false);
            large = true;
            gpa = (directory & 0xffc0_0000L) | (directory >>> 13 & 0xff) << 32 | (va & 0x3f_ffff);
            return mark(1, 1, access);
        }
        place = (directory & 0xffff_f000L) + (va >>> 10 & 0xffc);
        long entry = read32(place);
        if ((entry & P) == 0) {
            throw fault(va, access, 0);
        }
        places[0] = place;
        entries[0] = entry;
        checkRights(va, access, directory & entry, false);
        large = false;
        gpa = (entry & 0xffff_f000L) | (va & 0xfff);
        return mark(0, 1, access);
    }

    /** Intel SDM vol. 3, 4.6. Leaves in {@link #writable} whether a store would be allowed. */
    private void checkRights(long va, int access, long rights, boolean denyExecute) {
        userPage = (rights & US) != 0;
        writePage = (rights & RW) != 0;
        noExecute = denyExecute;
        if (!permits(access)) {
            throw fault(va, access, PROTECTION);
        }
    }

    /** Whether a page with the rights in this object's fields permits an access; sets {@link #writable}. */
    boolean permits(int access) {
        boolean userAccess = (access & USER) != 0;
        writable = writePage || (!userAccess && (cpu.cr0 & CR0_WP) == 0);
        boolean denied = userAccess && !userPage
                || (access & WRITE) != 0 && !writable
                || (access & FETCH) != 0 && (noExecute || !userAccess && userPage && (cpu.cr4 & CR4_SMEP) != 0)
                || (access & FETCH) == 0 && !userAccess && userPage && smap;
        return !denied;
    }

    /** Sets accessed and dirty bits; false if a table has changed meanwhile, so that the walk must be done again. */
    private boolean mark(int leaf, int top, int access) {
        for (int level = top; level >= leaf; level--) {
            long wanted = level == leaf && (access & WRITE) != 0 ? A | D : A;
            long entry = entries[level];
            if ((entry & wanted) != wanted) {
                if (!update(places[level], entry, entry | wanted)) {
                    return false;
                }
                entries[level] = entry | wanted;
            }
        }
        global = (entries[leaf] & G) != 0 && (cpu.cr4 & CR4_PGE) != 0;
        dirty = (entries[leaf] & D) != 0;
        writable &= dirty;
        return true;
    }

    /** A table in no memory reads as ones, which faults by its reserved bits or leads nowhere. */
    private long read(long place, int level) {
        reading(place);
        long offset = place & (GuestPhysical.PAGE - 1);
        if (place - offset == tables[level]) {
            return RawMemory.getLongAcquire(tableHosts[level] + offset);
        }
        long host = physical.host(place);
        if (host == 0) {
            return -1;
        }
        tables[level] = place - offset;
        tableHosts[level] = host - offset;
        return RawMemory.getLongAcquire(host);
    }

    /** Must follow every change of the machine's memory. */
    void forget() {
        Arrays.fill(tables, -1);
    }

    private void reading(long place) {
        counters.references++;
        if (reader != null) {
            reader.table(place & -GuestPhysical.PAGE);
        }
    }

    private long read32(long place) {
        reading(place);
        long host = physical.host(place);
        return host == 0 ? 0xffff_ffffL : RawMemory.getIntAcquire(host) & 0xffff_ffffL;
    }

    private boolean update(long place, long expected, long value) {
        long entry = physical.entry(place);
        if ((entry & GuestPhysical.WRITABLE) == 0) {
            return true;
        }
        long host = (entry & GuestPhysical.HOST) + (place & (GuestPhysical.PAGE - 1));
        boolean wide = cpu.isLong() || (cpu.cr4 & CR4_PAE) != 0;
        boolean done = wide
                ? RawMemory.compareAndSetLong(host, expected, value)
                : RawMemory.compareAndSetInt(host, (int) expected, (int) value);
        if (done && (entry & GuestPhysical.LOGGED) != 0) {
            physical.clearLogged(place);
        }
        return done;
    }

    private RuntimeException fault(long va, int access, int cause) {
        boolean tellsFetch =
                (cpu.efer & EFER_NXE) != 0 && (cpu.isLong() || (cpu.cr4 & CR4_PAE) != 0) || (cpu.cr4 & CR4_SMEP) != 0;
        cpu.cr2 = va;
        return cpu.fault(Vector.PF, cause | (tellsFetch ? access : access & ~FETCH));
    }
}
