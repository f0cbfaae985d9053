package io.paravert.soft.memory;

import io.paravert.soft.state.Control;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.GuestFault;
import io.paravert.vmm.engine.PagingStatistics;
import io.paravert.vmm.engine.PagingTechnique;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Shadow paging: the processor walks tables that the monitor builds from the guest's, and that lead from linear straight to host
 * pages, so that a miss costs 4 references. The price is exits. A page that the shadow lacks faults into the monitor, which
 * walks the guest's tables, and either fills the shadow in or hands the fault on. The guest's tables are write-protected from
 * then on; a store to one exits too, and what was derived from that table is dropped. Loads of CR3 and INVLPG exit as well.
 *
 * <pre>
 *   absent --miss: guest walk, tables protected--> present --store to a table | INVLPG--> absent
 * </pre>
 *
 * Each address space has its shadow, kept while others run, as long as there is room. vCPU thread only, but for what the watch calls.
 */
final class ShadowPaging implements MemoryVirtualization, Paging.TableReader, CodeWatch.TableListener {
    private static final int LEVELS = 4;
    private static final int FANOUT = 512;
    /** Shadows of address spaces that are kept. */
    private static final int MOST_ROOTS = 16;
    /** Tables made, 4 KiB each, and derivations noted; then all are dropped, so that a guest cannot take the host's memory. */
    private static final int MOST_TABLES = 8192;

    private static final int MOST_PARTS = 65_536;
    /** Written tables that wait; then everything is dropped instead of noting more. */
    private static final int MOST_WRITTEN = 1024;

    /** What of CR3 names an address space; a change of paging's mode drops all shadows. */
    private static final long LONG_ROOT = (1L << 52) - 4096;

    private static final long LEGACY_ROOT = 0xffff_ffe0L;
    private static final long UNPAGED = 1;
    private static final long NONE = 2;

    private static final long PRESENT = 1;
    private static final long WRITE = 1 << 1;
    private static final long USER = 1 << 2;
    private static final long NO_EXECUTE = 1 << 3;
    private static final long DIRTY = 1 << 4;
    private static final long LARGE = 1 << 5;
    private static final long GLOBAL = 1 << 6;
    private static final long FRAME = -GuestPhysical.PAGE;

    private final Cpu cpu;
    private final Paging paging;
    private final PagingCounters counters;
    private final CodeWatch watch;
    private final CodeWatch.Listener self;
    private final Tlb tlb;

    private final Map<Long, Root> roots = new LinkedHashMap<>(MOST_ROOTS, 0.75f, true);
    private final ConcurrentLinkedQueue<Long> written = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    private Root root = new Root();
    private long rootKey = NONE;
    private int tables;
    private int parts;

    /** Guest tables that the walk under way has read, the topmost first. */
    private final long[] read = new long[LEVELS];

    private int reads;

    /** A table of the shadow: children above the last level, leaves in it. */
    private static final class Table {
        final @Nullable Table[] children;
        final long[] leaves;

        Table(int level) {
            children = new Table[level == 0 ? 0 : FANOUT];
            leaves = new long[level == 0 ? FANOUT : 0];
        }
    }

    /** The shadow of one address space, and which guest table stands for which part of it. */
    private static final class Root {
        final Table top = new Table(LEVELS - 1);
        final Map<Long, Set<Part>> derived = new HashMap<>();
        boolean hasLarge;
    }

    /** What one guest table translates: the addresses that agree with {@code va} above {@code shift}. */
    private record Part(long va, int shift) {}

    ShadowPaging(Cpu cpu, Paging paging, PagingCounters counters, CodeWatch watch, Tlb tlb, CodeWatch.Listener self) {
        this.cpu = cpu;
        this.paging = paging;
        this.counters = counters;
        this.watch = watch;
        this.tlb = tlb;
        this.self = self;
        paging.setReader(this);
        watch.addTables(this);
    }

    @Override
    public void walk(long va, int access) {
        if ((cpu.cr0 & Control.CR0_PG) == 0) {
            paging.walk(va, access);
            return;
        }
        dropWritten();
        counters.walks++;
        long leaf = find(va);
        if (leaf == 0 || !use(leaf, va, access)) {
            fill(va, access);
        }
    }

    private static int index(long va, int level) {
        return (int) (va >>> 12 + 9 * level) & FANOUT - 1;
    }

    private long find(long va) {
        Table table = root.top;
        for (int level = LEVELS - 1; level > 0; level--) {
            counters.shadowReferences++;
            table = table.children[index(va, level)];
            if (table == null) {
                return 0;
            }
        }
        counters.shadowReferences++;
        return table.leaves[index(va, 0)];
    }

    /** The processor's check of a shadow entry; false if it faults into the monitor. */
    private boolean use(long leaf, long va, int access) {
        paging.userPage = (leaf & USER) != 0;
        paging.writePage = (leaf & WRITE) != 0;
        paging.noExecute = (leaf & NO_EXECUTE) != 0;
        boolean dirty = (leaf & DIRTY) != 0;
        // A clean page is write-protected in the shadow, so that the first store can set the guest's dirty bit.
        if (!paging.permits(access) || (access & Paging.WRITE) != 0 && !dirty) {
            return false;
        }
        paging.writable &= dirty;
        paging.large = (leaf & LARGE) != 0;
        paging.global = (leaf & GLOBAL) != 0;
        paging.gpa = leaf & FRAME | va & ~FRAME;
        return true;
    }

    /** The monitor's page-fault handler. */
    private void fill(long va, int access) {
        try {
            paging.walk(va, access);
        } catch (GuestFault fault) {
            counters.guestFaults++;
            throw fault;
        }
        counters.shadowFills++;
        if (tables >= MOST_TABLES || parts >= MOST_PARTS) {
            forget();
        }
        long leaf = paging.gpa & FRAME
                | PRESENT
                | (paging.writePage ? WRITE : 0)
                | (paging.userPage ? USER : 0)
                | (paging.noExecute ? NO_EXECUTE : 0)
                | (paging.dirty ? DIRTY : 0)
                | (paging.large ? LARGE : 0)
                | (paging.global ? GLOBAL : 0);
        root.hasLarge |= paging.large;
        Table table = root.top;
        for (int level = LEVELS - 1; level > 0; level--) {
            int i = index(va, level);
            Table child = table.children[i];
            if (child == null) {
                child = new Table(level - 1);
                tables++;
                table.children[i] = child;
            }
            table = child;
        }
        table.leaves[index(va, 0)] = leaf;
        noteTables(va);
    }

    private void noteTables(long va) {
        boolean wide = cpu.isLong() || (cpu.cr4 & Control.CR4_PAE) != 0;
        int top = cpu.isLong() ? LEVELS - 1 : 1;
        for (int i = 0; i < reads; i++) {
            int shift = wide ? 12 + 9 * (top - i + 1) : i == 0 ? 32 : 22;
            Part part = new Part(va >>> shift, shift);
            if (root.derived.computeIfAbsent(read[i], page -> new HashSet<>()).add(part)) {
                parts++;
            }
        }
    }

    @Override
    public void begin() {
        reads = 0;
    }

    /** Protects first, then the entry is read: a store by whomever is either seen by the read or reported. */
    @Override
    public void table(long page) {
        read[reads++] = page;
        if (watch.shadowing(page, self)) {
            tlb.watch(page);
        }
    }

    /** A guest table was written: any thread. */
    @Override
    public void tableWritten(long page) {
        if (waiting.incrementAndGet() <= MOST_WRITTEN) {
            written.add(page);
        }
    }

    private void dropWritten() {
        if (waiting.get() == 0) {
            return;
        }
        if (waiting.getAndSet(0) > MOST_WRITTEN) {
            written.clear();
            forget();
            return;
        }
        for (Long page = written.poll(); page != null; page = written.poll()) {
            counters.tableWrites++;
            for (Root each : roots.values()) {
                drop(each, page);
            }
        }
    }

    private void drop(Root each, long page) {
        Set<Part> derived = each.derived.remove(page);
        if (derived != null) {
            derived.forEach(part -> drop(each, part));
        }
    }

    /** Drops a part by whole tables of the shadow: a part of a 32-bit guest's table of 4 MiB is two of them. */
    private void drop(Root each, Part part) {
        long from = part.va << part.shift;
        int level = Math.min((part.shift - 12) / 9, LEVELS) - 1;
        long step = 1L << 12 + 9 * (level + 1);
        long bytes = part.shift >= 48 ? step : 1L << part.shift;
        for (long va = from; va - from < bytes; va += step) {
            dropTable(each, va, level);
        }
    }

    /** Drops the shadow's table of a level, with all below it. */
    private void dropTable(Root each, long va, int level) {
        if (level == LEVELS - 1) {
            Arrays.fill(each.top.children, null);
            return;
        }
        Table table = each.top;
        for (int at = LEVELS - 1; at > level + 1; at--) {
            table = table.children[index(va, at)];
            if (table == null) {
                return;
            }
        }
        table.children[index(va, level + 1)] = null;
    }

    @Override
    public void select() {
        long key = (cpu.cr0 & Control.CR0_PG) == 0 ? UNPAGED : cpu.cr3 & (cpu.isLong() ? LONG_ROOT : LEGACY_ROOT);
        if (key != rootKey) {
            rootKey = key;
            counters.rootSwitches++;
            root = roots.computeIfAbsent(key, k -> new Root());
            if (roots.size() > MOST_ROOTS) {
                roots.remove(roots.keySet().iterator().next());
            }
        }
    }

    @Override
    public void invalidate(long va) {
        dropWritten();
        if (root.hasLarge) {
            dropTable(root, va, LEVELS - 1);
            root.derived.clear();
            root.hasLarge = false;
            return;
        }
        Table table = root.top;
        for (int level = LEVELS - 1; level > 0; level--) {
            table = table.children[index(va, level)];
            if (table == null) {
                return;
            }
        }
        table.leaves[index(va, 0)] = 0;
    }

    /** PAE's page-directory pointers are read when CR3 is loaded, and another load may find others. */
    @Override
    public void reload() {
        if (!cpu.isLong() && (cpu.cr4 & Control.CR4_PAE) != 0) {
            forget();
        }
    }

    @Override
    public void forget() {
        roots.clear();
        tables = 0;
        parts = 0;
        rootKey = NONE;
        select();
    }

    @Override
    public PagingStatistics statistics() {
        long exits = counters.shadowFills
                + counters.guestFaults
                + counters.tableWrites
                + counters.flushes
                + counters.pageFlushes;
        return new PagingStatistics(
                PagingTechnique.SHADOW, counters.walks, counters.shadowReferences, exits, counters.references);
    }

    @Override
    public void close() {
        watch.removeTables(this);
    }
}
