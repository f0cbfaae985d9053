package io.paravert.kvm.uapi;

/** Arguments of a vCPU's ioctls. */
public final class VcpuStructs {
    /** {@code struct kvm_xsave} without its flexible end. */
    public static final int XSAVE_SIZEOF = 4096;

    private VcpuStructs() {}

    /** {@code struct kvm_cpuid2} and its entries. */
    public static final class Cpuid {
        public static final int NENT = 0;
        public static final int ENTRIES = 8;

        public static final int ENTRY_FUNCTION = 0;
        public static final int ENTRY_INDEX = 4;
        public static final int ENTRY_FLAGS = 8;
        public static final int ENTRY_EAX = 12;
        public static final int ENTRY_EBX = 16;
        public static final int ENTRY_ECX = 20;
        public static final int ENTRY_EDX = 24;
        public static final int ENTRY_SIZEOF = 40;

        private Cpuid() {}
    }

    /** {@code struct kvm_msrs} and its entries. */
    public static final class Msrs {
        public static final int NMSRS = 0;
        public static final int ENTRIES = 8;

        public static final int ENTRY_INDEX = 0;
        public static final int ENTRY_DATA = 8;
        public static final int ENTRY_SIZEOF = 16;

        private Msrs() {}
    }

    /** {@code struct kvm_guest_debug}. */
    public static final class GuestDebug {
        public static final int CONTROL = 0;
        public static final int SIZEOF = 72;

        public static final int ENABLE = 1;
        public static final int SINGLESTEP = 2;

        private GuestDebug() {}
    }

    /** Values of {@code kvm_mp_state}. */
    public static final class MpState {
        public static final int RUNNABLE = 0;

        private MpState() {}
    }
}
