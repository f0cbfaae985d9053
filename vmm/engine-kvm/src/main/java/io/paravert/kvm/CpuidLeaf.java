package io.paravert.kvm;

import io.paravert.kvm.uapi.VcpuStructs.Cpuid;
import io.paravert.memory.RawMemory;

/**
 * One entry of a guest's CPUID table.
 *
 * @param function EAX of the question
 * @param index ECX of the question, if it matters
 * @param flags KVM's: bit 0 if the index matters
 */
record CpuidLeaf(int function, int index, int flags, int eax, int ebx, int ecx, int edx) {
    static final int INDEX_MATTERS = 1;

    /** Reads a {@code kvm_cpuid_entry2}. */
    static CpuidLeaf read(long entry) {
        return new CpuidLeaf(
                RawMemory.getInt(entry + Cpuid.ENTRY_FUNCTION),
                RawMemory.getInt(entry + Cpuid.ENTRY_INDEX),
                RawMemory.getInt(entry + Cpuid.ENTRY_FLAGS),
                RawMemory.getInt(entry + Cpuid.ENTRY_EAX),
                RawMemory.getInt(entry + Cpuid.ENTRY_EBX),
                RawMemory.getInt(entry + Cpuid.ENTRY_ECX),
                RawMemory.getInt(entry + Cpuid.ENTRY_EDX));
    }

    void write(long entry) {
        RawMemory.putInt(entry + Cpuid.ENTRY_FUNCTION, function);
        RawMemory.putInt(entry + Cpuid.ENTRY_INDEX, index);
        RawMemory.putInt(entry + Cpuid.ENTRY_FLAGS, flags);
        RawMemory.putInt(entry + Cpuid.ENTRY_EAX, eax);
        RawMemory.putInt(entry + Cpuid.ENTRY_EBX, ebx);
        RawMemory.putInt(entry + Cpuid.ENTRY_ECX, ecx);
        RawMemory.putInt(entry + Cpuid.ENTRY_EDX, edx);
    }

    CpuidLeaf with(int newEax, int newEbx, int newEcx, int newEdx) {
        return new CpuidLeaf(function, index, flags, newEax, newEbx, newEcx, newEdx);
    }
}
