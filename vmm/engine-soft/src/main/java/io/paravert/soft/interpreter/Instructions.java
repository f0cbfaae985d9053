package io.paravert.soft.interpreter;

import io.paravert.isa.Feature;
import io.paravert.soft.system.Cpuid;
import io.paravert.vmm.engine.MachineSpec;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The instructions of a machine, made from what CPUID says; immutable, shared by its vCPUs and by all machines of its kind. */
public final class Instructions {
    /** Kinds of machines that are remembered; making one takes half of a small machine's creation. */
    private static final int MOST_KINDS = 32;

    private static final Map<Kind, Instructions> KINDS = new ConcurrentHashMap<>();

    /** All that they depend on. */
    private record Kind(boolean controllers, int vcpus, List<MachineSpec.CpuidEntry> cpuid) {}

    private final InstructionSet set;

    /**
     * Those of a machine with every feature that there is.
     *
     * @param controllers whether it has local APICs
     * @param cpuid leaves that the monitor adds
     */
    public static Instructions of(boolean controllers, int vcpus, List<MachineSpec.CpuidEntry> cpuid) {
        if (KINDS.size() >= MOST_KINDS) {
            KINDS.clear();
        }
        return KINDS.computeIfAbsent(
                new Kind(controllers, vcpus, List.copyOf(cpuid)),
                kind -> new Instructions(new Cpuid(implemented(), kind.controllers, kind.vcpus, kind.cpuid)));
    }

    public Instructions(Cpuid cpuid) {
        set = new InstructionSet(cpuid);
    }

    InstructionSet set() {
        return set;
    }

    /** Every feature whose instructions all have statements here. */
    public static Set<Feature> implemented() {
        return EnumSet.of(
                Feature.X87,
                Feature.MMX,
                Feature.FXSR,
                Feature.SSE,
                Feature.SSE2,
                Feature.SSE3,
                Feature.SSSE3,
                Feature.SSE4_1,
                Feature.SSE4_2,
                Feature.AES,
                Feature.PCLMULQDQ,
                Feature.SHA,
                Feature.BMI1,
                Feature.BMI2,
                Feature.AVX,
                Feature.AVX2,
                Feature.FMA,
                Feature.F16C,
                Feature.XSAVE,
                Feature.XSAVEOPT,
                Feature.TSC,
                Feature.MSR,
                Feature.CX8,
                Feature.SEP,
                Feature.CMOV,
                Feature.CLFLUSH,
                Feature.CX16,
                Feature.MOVBE,
                Feature.POPCNT,
                Feature.RDRAND,
                Feature.FSGSBASE,
                Feature.INVPCID,
                Feature.RDSEED,
                Feature.ADX,
                Feature.SMAP,
                Feature.CLFLUSHOPT,
                Feature.CLWB,
                Feature.RDPID,
                Feature.LAHF,
                Feature.LZCNT,
                Feature.PREFETCHW,
                Feature.SYSCALL,
                Feature.RDTSCP,
                Feature.LM);
    }
}
