package io.paravert.soft.system;

import io.paravert.vmm.engine.MachineSpec;
import java.util.List;

/** CPUID leaves that tell of the machine around a processor: how many there are, and KVM's para-virtual services. */
final class MachineLeaves {
    /** Where KVM's leaves begin; the first base is the monitor's. */
    static final int KVM_BASE = 0x4000_0100;

    private static final int ECX_X2APIC = 1 << 21;
    private static final int ECX_TSC_DEADLINE = 1 << 24;
    private static final int EDX_HTT = 1 << 28;
    private static final int CMP_LEGACY = 1 << 1;
    private static final int THREADS = 1 << 8;
    private static final int CORES = 2 << 8;

    // Linux, Documentation/virt/kvm/x86/cpuid.rst.
    private static final int KVM_CLOCK_OLD = 1;
    private static final int KVM_NO_IO_DELAY = 1 << 1;
    private static final int KVM_CLOCK = 1 << 3;
    private static final int KVM_PV_EOI = 1 << 6;
    private static final int KVM_CLOCK_STABLE = 1 << 24;

    private MachineLeaves() {}

    /** ORs a leaf's registers in. */
    interface Table {
        void set(int leaf, int subleaf, int eax, int ebx, int ecx, int edx);
    }

    static void add(Table table, boolean apic, int vcpus, List<MachineSpec.CpuidEntry> monitor) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(vcpus - 1);
        table.set(1, 0, 0, Math.min(1 << bits, 255) << 16, 0, vcpus > 1 ? EDX_HTT : 0);
        table.set(0x8000_0001, 0, 0, 0, vcpus > 1 ? CMP_LEGACY : 0, 0);
        table.set(0x8000_0008, 0, 0, 0, vcpus - 1 & 0xff | bits << 12, 0);
        table.set(0xb, 0, 0, 1, THREADS, 0);
        table.set(0xb, 1, bits, vcpus, CORES | 1, 0);
        if (apic) {
            table.set(1, 0, 0, 0, ECX_X2APIC | ECX_TSC_DEADLINE, 0);
            boolean free = monitor.stream().noneMatch(e -> (e.leaf() & -256) == KVM_BASE);
            if (free) {
                table.set(KVM_BASE, 0, KVM_BASE + 1, 0x4b4d_564b, 0x564b_4d56, 0x4d);
                int services = KVM_CLOCK_OLD | KVM_NO_IO_DELAY | KVM_CLOCK | KVM_PV_EOI | KVM_CLOCK_STABLE;
                table.set(KVM_BASE + 1, 0, services, 0, 0, 0);
            }
        }
    }
}
