package io.paravert.vmm.engine;

import java.util.List;

/**
 * What a machine is made of.
 *
 * @param name for threads, logs and errors
 * @param vcpus 1 or more
 * @param interruptController who serves interrupts
 * @param transport how the guest's hypercall page calls
 * @param paging an engine that cannot do what is asked for refuses to make the machine
 * @param cpuid leaves that the guest sees in addition to the engine's own; they win over those of the same number. Engines
 *     take them from {@link #cpuid(int)}
 */
public record MachineSpec(
        String name,
        int vcpus,
        InterruptController interruptController,
        HypercallTransport transport,
        PagingTechnique paging,
        List<CpuidEntry> cpuid) {

    public MachineSpec {
        cpuid = List.copyOf(cpuid);
    }

    /** With the paging that the engine chooses. */
    public MachineSpec(
            String name,
            int vcpus,
            InterruptController interruptController,
            HypercallTransport transport,
            List<CpuidEntry> cpuid) {
        this(name, vcpus, interruptController, transport, PagingTechnique.ENGINE_CHOICE, cpuid);
    }

    public enum InterruptController {
        /** None: the monitor injects vectors itself and HLT is an exit. What para-virtual guests use. */
        MONITOR,
        /** PIC, I/O APIC and local APICs of the engine; HLT waits inside the engine. */
        ENGINE
    }

    /** The leaves as one vCPU sees them. */
    public List<CpuidEntry> cpuid(int vcpu) {
        return cpuid.stream().map(entry -> entry.forVcpu(vcpu)).toList();
    }

    /**
     * One CPUID leaf (subleaf 0).
     *
     * @param vcpuInEdx EDX is the number of the vCPU that asks
     */
    public record CpuidEntry(int leaf, int eax, int ebx, int ecx, int edx, boolean vcpuInEdx) {
        /** The same for all vCPUs. */
        public CpuidEntry(int leaf, int eax, int ebx, int ecx, int edx) {
            this(leaf, eax, ebx, ecx, edx, false);
        }

        /** With the number of the vCPU that asks in EDX. */
        public static CpuidEntry withVcpuInEdx(int leaf, int eax, int ebx, int ecx) {
            return new CpuidEntry(leaf, eax, ebx, ecx, 0, true);
        }

        CpuidEntry forVcpu(int vcpu) {
            return vcpuInEdx ? new CpuidEntry(leaf, eax, ebx, ecx, vcpu) : this;
        }
    }
}
