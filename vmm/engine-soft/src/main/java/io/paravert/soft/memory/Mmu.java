package io.paravert.soft.memory;

import static io.paravert.soft.state.Control.CR0_AM;
import static io.paravert.soft.state.Control.CR3_PCID;
import static io.paravert.soft.state.Control.CR4_PCIDE;
import static io.paravert.soft.state.Control.CR4_SMAP;

import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Rflags;
import io.paravert.vmm.engine.PagingStatistics;
import java.util.Arrays;
import java.util.function.LongConsumer;

/** A vCPU's memory management: what accesses are made as, and the flushes. vCPU thread only. */
public final class Mmu implements AutoCloseable {
    private final Cpu cpu;
    private final Tlb tlb = new Tlb();
    private final Paging paging;
    private final PagingCounters counters = new PagingCounters();
    private final AccessLog log = new AccessLog();
    private final MemoryVirtualization virtualization;
    private final SlowAccess slow;
    private final LinearMemory memory;
    private final BusLock.Agent bus;

    private boolean user;
    private int kind;
    private boolean alignmentChecked;
    /** By kind of privilege the key of the current address space, or 0; good while nothing has been revoked. */
    private final long[] keys = new long[Tlb.KINDS];

    private int keysSpace = -1;
    private long keysRevoked;

    /** @param self the vCPU's own side of the machine's code watch */
    public Mmu(Cpu cpu, MachineMemory machine, CodeWatch.Listener self, EngineDevices devices) {
        this.cpu = cpu;
        this.bus = machine.busLock().join(cpu.pending);
        this.paging = new Paging(cpu, machine.physical(), counters);
        this.virtualization = machine.hasShadowPaging()
                ? new ShadowPaging(cpu, paging, counters, machine.codeWatch(), tlb, self)
                : new TwoDimensionalPaging(paging, counters);
        this.slow = new SlowAccess(cpu, tlb, paging, virtualization, machine, log, devices, bus);
        this.memory = new LinearMemory(tlb, slow);
        select();
    }

    public LinearMemory memory() {
        return memory;
    }

    /** Guest code runs only inside. */
    public BusLock.Agent bus() {
        return bus;
    }

    public AccessLog log() {
        return log;
    }

    /** What paging has cost so far; any thread, and values may be a little old. */
    public PagingStatistics statistics() {
        return virtualization.statistics();
    }

    /** Must follow every change of CPL, CR0, CR3, CR4, EFER, DR7 and RFLAGS.AC. */
    public void select() {
        virtualization.select();
        user = cpu.cpl == 3;
        boolean smap = !user && (cpu.cr4 & CR4_SMAP) != 0 && !cpu.has(Rflags.AC);
        kind = user ? Tlb.USER : smap ? Tlb.SUPERVISOR_SMAP : Tlb.SUPERVISOR;
        alignmentChecked = user && cpu.has(Rflags.AC) && (cpu.cr0 & CR0_AM) != 0;
        apply(user, kind, alignmentChecked);
    }

    private void apply(boolean asUser, int asKind, boolean checkAlignment) {
        boolean slowly = checkAlignment || cpu.watchpoints != 0;
        long key = slowly ? Tlb.NO_KEY : keyOf(asKind);
        memory.setKey(key);
        slow.select(key, asUser, asKind == Tlb.SUPERVISOR_SMAP, checkAlignment);
    }

    private long keyOf(int wanted) {
        int space = space();
        if (space != keysSpace || keysRevoked != tlb.revoked) {
            Arrays.fill(keys, 0);
            keysSpace = space;
            keysRevoked = tlb.revoked;
        }
        if (keys[wanted] == 0) {
            long key = tlb.key(space, wanted);
            if (keysRevoked != tlb.revoked) {
                Arrays.fill(keys, 0);
                keysRevoked = tlb.revoked;
            }
            keys[wanted] = key;
        }
        return keys[wanted];
    }

    private int space() {
        return (cpu.cr4 & CR4_PCIDE) != 0 ? (int) (cpu.cr3 & CR3_PCID) : 0;
    }

    /** A load of the processor's own, from a descriptor table or the like: as supervisor, whatever the CPL. */
    public long loadSystem(long va, int bytes) {
        if (cpu.watchpoints == 0 && bytes >= 4) {
            long host = memory.hostForLoad(va, bytes, keyOf(systemKind()));
            if (host != 0) {
                return bytes == 8 ? InlineAccess.get64(host) : InlineAccess.get32(host);
            }
        }
        beginSystemAccess();
        try {
            return memory.load(va, bytes);
        } finally {
            endSystemAccess();
        }
    }

    private int systemKind() {
        return (cpu.cr4 & CR4_SMAP) != 0 ? Tlb.SUPERVISOR_SMAP : Tlb.SUPERVISOR;
    }

    /** Accesses that follow are the processor's own, to descriptor tables and the like: supervisor's, whatever the CPL. */
    public void beginSystemAccess() {
        apply(false, systemKind(), false);
    }

    /** Accesses that follow are made as {@code privilege}'s, for stacks of other levels. */
    public void beginAccessAs(int privilege) {
        boolean asUser = privilege == 3;
        boolean smap = !asUser && (cpu.cr4 & CR4_SMAP) != 0;
        apply(asUser, asUser ? Tlb.USER : smap ? Tlb.SUPERVISOR_SMAP : Tlb.SUPERVISOR, false);
    }

    public void endSystemAccess() {
        apply(user, kind, alignmentChecked);
    }

    /** Changes when keys begin anew; to be read after {@link #key}. */
    public int generation() {
        return tlb.generation;
    }

    /** What translations belong to: changes with address space and privilege. A key comes again in another {@link #generation}. */
    public long key() {
        return keyOf(user ? Tlb.USER : Tlb.SUPERVISOR);
    }

    /** Guest-physical address of an instruction byte, or a page fault. */
    public long translateFetch(long va) {
        return slow.translateFetch(va);
    }

    public void flushAll() {
        counters.flushes++;
        paging.forget();
        virtualization.forget();
        tlb.flushAll();
        select();
    }

    /** Forgets one address space. */
    public void flushSpace(int pcid) {
        counters.flushes++;
        virtualization.reload();
        tlb.flushSpace(pcid);
        select();
    }

    /**
     * CR3 has been loaded.
     *
     * @param before what it was
     * @param flush whether the new address space's translations go, but for global pages
     */
    public void loadedCr3(long before, boolean flush) {
        if (flush) {
            counters.flushes++;
            virtualization.reload();
        }
        boolean pcids = (cpu.cr4 & CR4_PCIDE) != 0;
        tlb.switchSpace(pcids ? (int) (before & CR3_PCID) : 0, space(), flush);
        select();
    }

    public void flushPage(long va) {
        counters.pageFlushes++;
        virtualization.invalidate(va);
        tlb.flushPage(va);
        select();
    }

    /**
     * Takes away the right to store unseen to a guest-physical page.
     *
     * @return true if there was one
     */
    public boolean watch(long page) {
        return tlb.watch(page);
    }

    /** Names every guest-physical page that this vCPU could store to unseen. */
    public void reportStorable(LongConsumer report) {
        tlb.forEachStorable(report);
    }

    @Override
    public void close() {
        virtualization.close();
        bus.close();
        log.close();
    }
}
