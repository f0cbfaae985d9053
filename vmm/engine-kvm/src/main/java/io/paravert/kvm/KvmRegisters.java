package io.paravert.kvm;

import io.paravert.kvm.uapi.Ioctl;
import io.paravert.kvm.uapi.KvmRun;
import io.paravert.kvm.uapi.Regs;
import io.paravert.kvm.uapi.Sregs;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.GuestRegisters;

/**
 * General registers at an exit. With KVM_CAP_SYNC_REGS they lie in {@code kvm_run}, where the kernel puts and fetches them
 * itself; without, they are read when first asked for and written back before the next run. vCPU thread only.
 */
final class KvmRegisters implements GuestRegisters {
    private static final int UNKNOWN = -1;
    /** Exits for which the segments come along once they have been asked for: not for nothing, but cheaper than an ioctl. */
    private static final int SREGS_EXITS = 16;

    private final KvmFd vcpu;
    private final long run;
    private final long regs;
    private final long sregs;
    private final boolean synced;
    private final boolean canSyncSregs;
    private final boolean localApic;
    private boolean loaded;
    private boolean dirty;
    private int cpl = UNKNOWN;
    /** How many more exits bring the segments along. */
    private int sregsExits;
    /** This exit has brought them. */
    private boolean sregsHere;

    /**
     * @param fallback {@code kvm_regs} and {@code kvm_sregs} to use without KVM_CAP_SYNC_REGS
     * @param syncSets what KVM_CAP_SYNC_REGS offers
     * @param localApic whether the vCPU has one
     */
    KvmRegisters(KvmFd vcpu, long run, long fallback, int syncSets, boolean localApic) {
        this.vcpu = vcpu;
        this.run = run;
        this.localApic = localApic;
        synced = (syncSets & KvmRun.Sync.REGS) != 0;
        canSyncSregs = synced && (syncSets & KvmRun.Sync.SREGS) != 0;
        regs = synced ? run + KvmRun.SYNC_REGS : fallback;
        sregs = fallback + Regs.SIZEOF;
        if (synced) {
            RawMemory.putLong(run + KvmRun.VALID_REGS, KvmRun.Sync.REGS);
        }
        load();
    }

    /** Bytes of the fallback area. */
    static int fallbackBytes() {
        return Regs.SIZEOF + Sregs.SIZEOF;
    }

    @Override
    public long get(int register) {
        if (!loaded) {
            load();
        }
        return RawMemory.getLong(regs + Regs.offset(register));
    }

    @Override
    public void set(int register, long value) {
        if (!loaded) {
            load();
        }
        RawMemory.putLong(regs + Regs.offset(register), value);
        if (synced) {
            RawMemory.putLong(run + KvmRun.DIRTY_REGS, KvmRun.Sync.REGS);
        } else {
            dirty = true;
        }
    }

    @Override
    public long rip() {
        if (!loaded) {
            load();
        }
        return RawMemory.getLong(regs + Regs.RIP);
    }

    /** SS.DPL, which is the CPL in every mode (AMD APM vol. 2, 15.5.1). */
    @Override
    public int cpl() {
        if (cpl == UNKNOWN) {
            long from = run + KvmRun.SYNC_SREGS;
            if (!sregsHere) {
                loadSregs();
                from = sregs;
            }
            cpl = RawMemory.getByte(from + Sregs.SS + Sregs.Segment.DPL) & 3;
            if (canSyncSregs) {
                sregsExits = SREGS_EXITS;
                RawMemory.putLong(run + KvmRun.VALID_REGS, KvmRun.Sync.REGS | KvmRun.Sync.SREGS);
            }
        }
        return cpl;
    }

    /** The exit itself has told it. */
    void setCpl(int level) {
        cpl = level;
    }

    /** The vCPU is about to run. */
    void beforeRun() {
        if (dirty) {
            flush();
        }
    }

    /** The vCPU has run: what was known no longer holds. */
    void afterRun() {
        loaded = synced;
        cpl = UNKNOWN;
        sregsHere = sregsExits > 0;
        if (sregsHere && --sregsExits == 0) {
            RawMemory.putLong(run + KvmRun.VALID_REGS, KvmRun.Sync.REGS);
        }
    }

    void read(CpuState state) {
        if (!loaded) {
            load();
        }
        StateCodec.readRegs(regs, state);
        loadSregs();
        StateCodec.readSregs(sregs, state);
    }

    void write(CpuState state) {
        loadSregs();
        StateCodec.writeSregs(sregs, state);
        if (!localApic) {
            // Otherwise CPUID would show an APIC that is not there.
            long base = RawMemory.getLong(sregs + Sregs.APIC_BASE);
            RawMemory.putLong(sregs + Sregs.APIC_BASE, base & ~Sregs.APIC_BASE_ENABLE);
        }
        vcpu.ioctl(Ioctl.KVM_SET_SREGS, sregs, "");
        StateCodec.writeRegs(regs, state);
        loaded = true;
        flush();
        cpl = UNKNOWN;
        sregsHere = false;
    }

    private void load() {
        vcpu.ioctl(Ioctl.KVM_GET_REGS, regs, "");
        loaded = true;
    }

    private void loadSregs() {
        vcpu.ioctl(Ioctl.KVM_GET_SREGS, sregs, "");
    }

    private void flush() {
        vcpu.ioctl(Ioctl.KVM_SET_REGS, regs, "");
        dirty = false;
        if (synced) {
            RawMemory.putLong(run + KvmRun.DIRTY_REGS, 0);
        }
    }
}
