package io.paravert.kvm;

import io.paravert.kvm.uapi.Capability;
import io.paravert.kvm.uapi.Ioctl;
import io.paravert.kvm.uapi.VmStructs.EnableCap;
import io.paravert.kvm.uapi.VmStructs.PitConfig;
import io.paravert.kvm.uapi.VmStructs.XenHvmConfig;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.DirtyLog;
import io.paravert.vmm.engine.DoorbellEvents;
import io.paravert.vmm.engine.EngineMachine;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.InterruptLines;
import io.paravert.vmm.engine.MachineSpec;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import java.util.Optional;

/** One VM of KVM's. */
final class KvmMachine implements EngineMachine {
    /**
     * Three pages and one page that Intel processors without "unrestricted guest" need for real mode. Below the firmware's
     * place at the end of 4 GiB, where no guest has memory.
     */
    private static final long TSS = 0xfffb_d000L;

    private static final long IDENTITY_MAP = TSS - 0x1000;
    private static final int SCRATCH_BYTES = 4096;
    /** The last one that KVM lets Xen's interface have, far from those that Hyper-V and KVM define. */
    private static final int XEN_PAGE_MSR = 0x4fff_ffff;

    private final KvmEngine engine;
    private final MachineSpec spec;
    private final KvmFd vm;
    private final MemorySlots memory;
    private final Optional<KvmInterruptLines> interruptLines;
    private final KvmDoorbells doorbells;
    private int openVcpus;
    private boolean closed;

    KvmMachine(KvmEngine engine, MachineSpec spec) {
        this.engine = engine;
        this.spec = spec;
        vm = engine.device().createVm(spec.name());
        try {
            setUp();
            memory = new MemorySlots(vm, engine.maxSlots());
            doorbells = new KvmDoorbells(vm, engine.poller());
            interruptLines = hasInterruptController() ? Optional.of(new KvmInterruptLines(vm)) : Optional.empty();
        } catch (RuntimeException e) {
            vm.close();
            throw e;
        }
    }

    private void setUp() {
        try (Scratch scratch = new Scratch(SCRATCH_BYTES)) {
            long address = scratch.zeroed(8);
            RawMemory.putLong(address, IDENTITY_MAP);
            vm.ioctl(Ioctl.KVM_SET_IDENTITY_MAP_ADDR, address, "");
            vm.ioctl(Ioctl.KVM_SET_TSS_ADDR, TSS, "");
            if ((engine.device().check(Capability.DISABLE_QUIRKS2) & EnableCap.QUIRK_FIX_HYPERCALL_INSN) != 0) {
                enable(scratch, Capability.DISABLE_QUIRKS2, EnableCap.QUIRK_FIX_HYPERCALL_INSN);
            }
            switch (spec.transport()) {
                case PORT -> {}
                case VMCALL_EXIT_HYPERCALL ->
                    enable(scratch, Capability.EXIT_HYPERCALL, 1L << EnableCap.HC_MAP_GPA_RANGE);
                case VMCALL_INTERCEPTED -> interceptXenCalls(scratch);
            }
            if (hasInterruptController()) {
                createInterruptController(scratch);
            }
        }
    }

    private void enable(Scratch scratch, Capability capability, long argument) {
        long address = scratch.zeroed(EnableCap.SIZEOF);
        RawMemory.putInt(address + EnableCap.CAP, capability.number());
        RawMemory.putLong(address + EnableCap.ARGS, argument);
        vm.ioctl(Ioctl.KVM_ENABLE_CAP, address, capability.name());
    }

    /** KVM intercepts only once an MSR is named that fills a hypercall page; no guest needs it, since ours has one already. */
    private void interceptXenCalls(Scratch scratch) {
        long address = scratch.zeroed(XenHvmConfig.SIZEOF);
        RawMemory.putInt(address + XenHvmConfig.FLAGS, XenHvmConfig.INTERCEPT_HCALL);
        RawMemory.putInt(address + XenHvmConfig.MSR, XEN_PAGE_MSR);
        vm.ioctl(Ioctl.KVM_XEN_HVM_CONFIG, address, "intercepting hypercalls");
    }

    private void createInterruptController(Scratch scratch) {
        vm.ioctl(Ioctl.KVM_CREATE_IRQCHIP, 0, "");
        long pit = scratch.zeroed(PitConfig.SIZEOF);
        RawMemory.putInt(pit + PitConfig.FLAGS, PitConfig.SPEAKER_DUMMY);
        vm.ioctl(Ioctl.KVM_CREATE_PIT2, pit, "");
    }

    boolean hasInterruptController() {
        return spec.interruptController() == InterruptController.ENGINE;
    }

    @Override
    public void mapMemory(long gpa, long hostAddress, long bytes, boolean readOnly) {
        memory.map(gpa, hostAddress, bytes, readOnly);
    }

    @Override
    public void unmapMemory(long gpa) {
        memory.unmap(gpa);
    }

    @Override
    public EngineVcpu createVcpu(int id) {
        return createVcpu(id, engine.syncSets());
    }

    /** @param syncSets which registers to let travel in {@code kvm_run}: what KVM_CAP_SYNC_REGS offers, or less */
    KvmVcpu createVcpu(int id, int syncSets) {
        if (id < 0 || id >= spec.vcpus()) {
            throw new IllegalArgumentException(
                    "vCPU " + id + " of machine " + spec.name() + ", which has " + spec.vcpus());
        }
        KvmFd fd = new KvmFd(vm.ioctl(Ioctl.KVM_CREATE_VCPU, id, "vCPU " + id + " of machine " + spec.name()));
        KvmVcpu vcpu;
        try {
            vcpu = new KvmVcpu(this, fd, syncSets, engine.cpuid(spec, id));
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
        synchronized (this) {
            openVcpus++;
        }
        return vcpu;
    }

    KvmEngine engine() {
        return engine;
    }

    synchronized void vcpuClosed() {
        openVcpus--;
    }

    @Override
    public Optional<InterruptLines> interruptLines() {
        return interruptLines.map(lines -> lines);
    }

    @Override
    public Optional<DoorbellEvents> doorbellEvents() {
        return Optional.of(doorbells);
    }

    @Override
    public Optional<DirtyLog> dirtyLog() {
        return Optional.of(memory);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            if (openVcpus > 0) {
                throw new IllegalStateException(
                        "machine " + spec.name() + " has " + openVcpus + " open vCPUs: close them first");
            }
            closed = true;
        }
        interruptLines.ifPresent(KvmInterruptLines::stop);
        vm.close();
        doorbells.close();
        interruptLines.ifPresent(KvmInterruptLines::close);
        memory.close();
        engine.machineClosed();
    }
}
