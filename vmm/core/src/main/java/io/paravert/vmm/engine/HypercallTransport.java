package io.paravert.vmm.engine;

/** How a hypercall leaves the guest; the hypercall page hides which it is. */
public enum HypercallTransport {
    /** {@code out imm8, eax} to the fast port, registers read at the exit. Works everywhere. */
    PORT,
    /** {@code vmcall} or {@code vmmcall} with every number, as Xen's: KVM_XEN_HVM_CONFIG_INTERCEPT_HCALL, and the software engine. */
    VMCALL_INTERCEPTED,
    /** {@code vmcall} with KVM's number 12 (KVM_HC_MAP_GPA_RANGE) by KVM_CAP_EXIT_HYPERCALL; the real number travels in R11. */
    VMCALL_EXIT_HYPERCALL
}
