package io.paravert.kvm;

import io.paravert.vmm.engine.MachineSpec;
import io.paravert.vmm.engine.MachineSpec.CpuidEntry;
import io.paravert.vmm.engine.MachineSpec.InterruptController;
import java.util.ArrayList;
import java.util.List;

/**
 * What a vCPU's CPUID shows: what KVM and the processor can do, with one package of as many single-threaded cores as the
 * machine has vCPUs, without a local APIC where there is none, and with the monitor's own hypervisor leaves. Pure functions.
 */
final class CpuidTable {
    private static final int FEATURES = 1;
    private static final int CACHES_INTEL = 4;
    private static final int TOPOLOGY = 0xb;
    private static final int TOPOLOGY_V2 = 0x1f;
    private static final int HYPERVISOR_FIRST = io.paravert.abi.CpuidLeaf.BASE_FIRST;
    private static final int HYPERVISOR_LAST = 0x4000_ffff;
    private static final int EXTENDED_FEATURES = 0x8000_0001;
    private static final int ADDRESS_SIZES = 0x8000_0008;
    private static final int CACHES_AMD = 0x8000_001d;
    private static final int TOPOLOGY_AMD = 0x8000_001e;

    /** Where KVM's own leaves go, for guests that look further than the first hypervisor. */
    private static final int KVM_BASE = 0x4000_0100;
    /**
     * Paravirtual features of KVM's that need no hypercall: no delay at port 0x80, the clock, PV end-of-interrupt, a stable
     * clock ({@code asm/kvm_para.h}: 1, 3, 6, 24). Hypercalls are the monitor's.
     */
    private static final int KVM_FEATURES = 1 << 1 | 1 << 3 | 1 << 6 | 1 << 24;

    private static final int ECX_X2APIC = 1 << 21;
    private static final int ECX_TSC_DEADLINE = 1 << 24;
    private static final int ECX_HYPERVISOR = 1 << 31;
    private static final int EDX_APIC = 1 << 9;
    private static final int EDX_HTT = 1 << 28;
    private static final int ECX_CMP_LEGACY = 1 << 1;

    private CpuidTable() {}

    /**
     * @param supported as KVM_GET_SUPPORTED_CPUID tells
     * @param tscDeadline whether the in-kernel local APIC's timer has the TSC-deadline mode
     * @param id the vCPU's, which is its initial APIC id
     */
    static List<CpuidLeaf> of(List<CpuidLeaf> supported, boolean tscDeadline, MachineSpec spec, int id) {
        boolean apic = spec.interruptController() == InterruptController.ENGINE;
        List<CpuidLeaf> table = new ArrayList<>(supported.size() + spec.cpuid().size() + 4);
        for (CpuidLeaf leaf : supported) {
            int function = leaf.function();
            boolean dropped = isHypervisor(function)
                    || function == TOPOLOGY
                    || function == TOPOLOGY_V2
                    || isGiven(spec, function);
            if (!dropped) {
                table.add(adapt(leaf, tscDeadline && apic, apic, spec.vcpus(), id));
            }
        }
        if (maxBasicLeaf(supported) >= TOPOLOGY && !isGiven(spec, TOPOLOGY)) {
            addTopology(table, spec.vcpus(), id);
        }
        if (apic) {
            addKvmLeaves(table, supported, spec);
        }
        for (CpuidEntry given : spec.cpuid(id)) {
            table.add(new CpuidLeaf(given.leaf(), 0, 0, given.eax(), given.ebx(), given.ecx(), given.edx()));
        }
        return table;
    }

    private static CpuidLeaf adapt(CpuidLeaf leaf, boolean tscDeadline, boolean apic, int vcpus, int id) {
        int apicIdBits = bitsFor(vcpus);
        int apicIds = 1 << apicIdBits;
        int eax = leaf.eax();
        switch (leaf.function()) {
            case FEATURES:
                int ecx = leaf.ecx() | ECX_HYPERVISOR;
                int edx = vcpus > 1 ? leaf.edx() | EDX_HTT : leaf.edx() & ~EDX_HTT;
                if (apic) {
                    edx |= EDX_APIC;
                    ecx = tscDeadline ? ecx | ECX_TSC_DEADLINE : ecx & ~ECX_TSC_DEADLINE;
                } else {
                    ecx &= ~(ECX_X2APIC | ECX_TSC_DEADLINE);
                    edx &= ~EDX_APIC;
                }
                int ebx = leaf.ebx() & 0xffff | Math.min(apicIds, 255) << 16 | id << 24;
                return leaf.with(eax, ebx, ecx, edx);
            case CACHES_INTEL:
                return leaf.with(
                        shared(eax, apicIds) & 0x03ff_ffff | Math.min(apicIds - 1, 63) << 26,
                        leaf.ebx(),
                        leaf.ecx(),
                        leaf.edx());
            case CACHES_AMD:
                return leaf.with(shared(eax, apicIds), leaf.ebx(), leaf.ecx(), leaf.edx());
            case EXTENDED_FEATURES:
                return leaf.with(
                        eax,
                        leaf.ebx(),
                        vcpus > 1 ? leaf.ecx() | ECX_CMP_LEGACY : leaf.ecx() & ~ECX_CMP_LEGACY,
                        apic ? leaf.edx() : leaf.edx() & ~EDX_APIC);
            case ADDRESS_SIZES:
                return leaf.with(
                        eax, leaf.ebx(), leaf.ecx() & ~0xf0ff | vcpus - 1 & 0xff | apicIdBits << 12, leaf.edx());
            case TOPOLOGY_AMD:
                return leaf.with(id, id & 0xff, 0, 0);
            default:
                return leaf;
        }
    }

    /** A cache's EAX with the number of APIC ids that share it: caches of level 3 and up belong to the package. */
    private static int shared(int eax, int apicIds) {
        int level = eax >>> 5 & 7;
        int sharing = level >= 3 ? Math.min(apicIds - 1, 0xfff) : 0;
        return eax & ~(0xfff << 14) | sharing << 14;
    }

    /** Leaf 0xb: threads (always one a core), cores, and the end (Intel SDM vol. 2A, CPUID). */
    private static void addTopology(List<CpuidLeaf> table, int vcpus, int id) {
        int flags = CpuidLeaf.INDEX_MATTERS;
        table.add(new CpuidLeaf(TOPOLOGY, 0, flags, 0, 1, 1 << 8, id));
        table.add(new CpuidLeaf(TOPOLOGY, 1, flags, bitsFor(vcpus), vcpus, 2 << 8 | 1, id));
        table.add(new CpuidLeaf(TOPOLOGY, 2, flags, 0, 0, 2, id));
    }

    private static void addKvmLeaves(List<CpuidLeaf> table, List<CpuidLeaf> supported, MachineSpec spec) {
        if (isGiven(spec, KVM_BASE) || isGiven(spec, KVM_BASE + 1)) {
            return;
        }
        for (CpuidLeaf leaf : supported) {
            if (leaf.function() == HYPERVISOR_FIRST) {
                table.add(new CpuidLeaf(KVM_BASE, 0, 0, KVM_BASE + 1, leaf.ebx(), leaf.ecx(), leaf.edx()));
            } else if (leaf.function() == HYPERVISOR_FIRST + 1) {
                table.add(new CpuidLeaf(KVM_BASE + 1, 0, 0, leaf.eax() & KVM_FEATURES, 0, 0, 0));
            }
        }
    }

    private static int maxBasicLeaf(List<CpuidLeaf> supported) {
        return supported.stream()
                .filter(l -> l.function() == 0)
                .mapToInt(CpuidLeaf::eax)
                .findFirst()
                .orElse(0);
    }

    private static boolean isHypervisor(int function) {
        return function >= HYPERVISOR_FIRST && function <= HYPERVISOR_LAST;
    }

    private static boolean isGiven(MachineSpec spec, int function) {
        return spec.cpuid().stream().anyMatch(e -> e.leaf() == function);
    }

    /** Bits of an APIC id that tell so many vCPUs apart. */
    private static int bitsFor(int vcpus) {
        return 32 - Integer.numberOfLeadingZeros(vcpus - 1);
    }
}
