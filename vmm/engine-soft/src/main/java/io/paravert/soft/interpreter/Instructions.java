package io.paravert.soft.interpreter;

import io.paravert.isa.Feature;
import io.paravert.soft.system.Cpuid;
import java.util.EnumSet;
import java.util.Set;

/** The instructions of a machine, made from what CPUID says; immutable, shared by its vCPUs. */
public final class Instructions {
    private final InstructionSet set;

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
