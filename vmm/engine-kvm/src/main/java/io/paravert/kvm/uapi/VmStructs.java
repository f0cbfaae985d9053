package io.paravert.kvm.uapi;

/** Arguments of a VM's ioctls. */
public final class VmStructs {
    private VmStructs() {}

    /** {@code struct kvm_userspace_memory_region}. */
    public static final class MemoryRegion {
        public static final int SLOT = 0;
        public static final int FLAGS = 4;
        public static final int GUEST_PHYS_ADDR = 8;
        public static final int MEMORY_SIZE = 16;
        public static final int USERSPACE_ADDR = 24;
        public static final int SIZEOF = 32;

        public static final int LOG_DIRTY_PAGES = 1;
        public static final int READONLY = 2;

        private MemoryRegion() {}
    }

    /** {@code struct kvm_dirty_log}. */
    public static final class DirtyLog {
        public static final int SLOT = 0;
        public static final int DIRTY_BITMAP = 8;
        public static final int SIZEOF = 16;

        private DirtyLog() {}
    }

    /** {@code struct kvm_enable_cap}. */
    public static final class EnableCap {
        public static final int CAP = 0;
        public static final int ARGS = 8;
        public static final int SIZEOF = 104;

        /** Bit of DISABLE_QUIRKS2: KVM patches the wrong one of vmcall and vmmcall in the guest's code. */
        public static final int QUIRK_FIX_HYPERCALL_INSN = 1 << 5;
        /** KVM_HC_MAP_GPA_RANGE, the one hypercall that EXIT_HYPERCALL passes on. */
        public static final int HC_MAP_GPA_RANGE = 12;

        private EnableCap() {}
    }

    /** {@code struct kvm_irq_level}. */
    public static final class IrqLevel {
        public static final int IRQ = 0;
        public static final int LEVEL = 4;
        public static final int SIZEOF = 8;

        private IrqLevel() {}
    }

    /** {@code struct kvm_irqfd}. */
    public static final class Irqfd {
        public static final int FD = 0;
        public static final int GSI = 4;
        public static final int FLAGS = 8;
        public static final int SIZEOF = 32;

        public static final int DEASSIGN = 1;

        private Irqfd() {}
    }

    /** {@code struct kvm_pit_config}. */
    public static final class PitConfig {
        public static final int FLAGS = 0;
        public static final int SIZEOF = 64;

        /** The kernel serves port 0x61 too. */
        public static final int SPEAKER_DUMMY = 1;

        private PitConfig() {}
    }

    /** {@code struct kvm_ioeventfd}. */
    public static final class IoEventFd {
        public static final int DATAMATCH = 0;
        public static final int ADDR = 8;
        public static final int LEN = 16;
        public static final int FD = 20;
        public static final int FLAGS = 24;
        public static final int SIZEOF = 64;

        public static final int PIO = 2;
        public static final int DEASSIGN = 4;

        private IoEventFd() {}
    }

    /** {@code struct kvm_xen_hvm_config}. */
    public static final class XenHvmConfig {
        public static final int FLAGS = 0;
        public static final int MSR = 4;
        public static final int SIZEOF = 56;

        public static final int INTERCEPT_HCALL = 2;

        private XenHvmConfig() {}
    }

    /** {@code struct kvm_msi}. */
    public static final class Msi {
        public static final int ADDRESS_LO = 0;
        public static final int ADDRESS_HI = 4;
        public static final int DATA = 8;
        public static final int SIZEOF = 32;

        private Msi() {}
    }

    /** {@code struct kvm_create_device}. */
    public static final class CreateDevice {
        public static final int TYPE = 0;
        public static final int FD = 4;
        public static final int FLAGS = 8;
        public static final int SIZEOF = 12;

        /** Only says whether the type exists. */
        public static final int TEST = 1;

        public static final int TYPE_VFIO = 4;

        private CreateDevice() {}
    }
}
