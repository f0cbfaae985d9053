package io.paravert.soft.memory;

import io.paravert.memory.HostMapping;
import io.paravert.memory.RawMemory;
import io.paravert.soft.state.Control;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.GuestFault;
import io.paravert.soft.state.Rflags;
import io.paravert.soft.state.Segment;

/** A vCPU's memory management without the vCPU: 2 MiB of RAM, four-level paging, and accesses that tell what became of them. */
final class PagedMemory implements AutoCloseable {
    static final int RAM = 2 << 20;
    static final long OK = -1;

    final Cpu cpu = new Cpu();
    final Mmu mmu;
    private final MachineMemory machine;
    private final HostMapping ram;
    private final boolean owner;

    private PagedMemory(boolean shadow, HostMapping ram, boolean owner) {
        this.ram = ram;
        this.owner = owner;
        this.machine = new MachineMemory(shadow);
        machine.map(0, ram.address(), RAM, false);
        this.mmu = new Mmu(
                cpu,
                machine,
                new CodeWatch.Listener() {
                    @Override
                    public void codeWritten(long page) {
                        // No code is decoded here.
                    }

                    @Override
                    public void codeMarked(long page) {
                        // There is no other vCPU that could mark a page.
                    }
                },
                EngineDevices.NONE);
        cpu.cr0 = Control.CR0_PG | Control.CR0_PE | Control.CR0_ET | Control.CR0_WP;
        cpu.cr4 = Control.CR4_PAE;
        cpu.efer = Control.EFER_LMA | Control.EFER_LME | Control.EFER_NXE;
        cpu.segments[Segment.CS].attributes |= Segment.LONG;
        cpu.refreshMode();
    }

    static PagedMemory of(boolean shadow) {
        return new PagedMemory(shadow, HostMapping.allocate(RAM), true);
    }

    /** Another machine with the same RAM. */
    PagedMemory sharing(boolean shadow) {
        return new PagedMemory(shadow, ram, false);
    }

    long get(long gpa) {
        return RawMemory.getLong(ram.address() + gpa);
    }

    /** As a device would write. */
    void put(long gpa, long value) {
        RawMemory.putLong(ram.address() + gpa, value);
        machine.codeWatch().written(gpa, 8);
    }

    void select(int cpl, boolean ac) {
        cpu.cpl = cpl;
        cpu.systemFlags = ac ? cpu.systemFlags | Rflags.AC : cpu.systemFlags & ~Rflags.AC;
        mmu.select();
    }

    /** Value that is loaded, or the error code of the page fault with bit 63 set. */
    long load(long va) {
        try {
            return mmu.memory().load64(va) & Long.MAX_VALUE;
        } catch (GuestFault fault) {
            return Long.MIN_VALUE | fault.errorCode();
        }
    }

    /** {@link #OK}, or the error code of the page fault. */
    long store(long va, long value) {
        try {
            mmu.memory().store64(va, value);
            return OK;
        } catch (GuestFault fault) {
            return fault.errorCode();
        }
    }

    /** {@link #OK}, or the error code of the page fault. */
    long fetch(long va) {
        try {
            mmu.translateFetch(va);
            return OK;
        } catch (GuestFault fault) {
            return fault.errorCode();
        }
    }

    @Override
    public void close() {
        mmu.close();
        if (owner) {
            ram.close();
        }
    }
}
