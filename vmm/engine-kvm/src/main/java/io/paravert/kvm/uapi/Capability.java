package io.paravert.kvm.uapi;

/** Capabilities (KVM_CHECK_EXTENSION, KVM_ENABLE_CAP) that the engine asks for, by their names without KVM_CAP_. */
public enum Capability {
    IRQCHIP(0),
    SET_TSS_ADDR(4),
    NR_VCPUS(9),
    NR_MEMSLOTS(10),
    SET_GUEST_DEBUG(23),
    IRQFD(32),
    PIT2(33),
    IOEVENTFD(36),
    SET_IDENTITY_MAP_ADDR(37),
    XEN_HVM(38),
    XSAVE(55),
    TSC_CONTROL(60),
    MAX_VCPUS(66),
    TSC_DEADLINE_TIMER(72),
    SYNC_REGS(74),
    SIGNAL_MSI(77),
    READONLY_MEM(81),
    DEVICE_CTRL(89),
    SPLIT_IRQCHIP(121),
    IMMEDIATE_EXIT(136),
    EXIT_HYPERCALL(201),
    XSAVE2(208),
    DISABLE_QUIRKS2(213);

    private final int number;

    Capability(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
