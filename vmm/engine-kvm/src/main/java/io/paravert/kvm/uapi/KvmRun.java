package io.paravert.kvm.uapi;

/**
 * {@code struct kvm_run}: the page that the kernel and the vCPU's thread share.
 *
 * <pre>
 *   0  request_interrupt_window, immediate_exit          in
 *   8  exit_reason, ready_for_interrupt_injection, ...   out
 *  16  cr8                                               in and out without an in-kernel APIC
 *  32  a union by exit_reason, 256 bytes                 out, and in for the answer
 * 288  kvm_valid_regs, kvm_dirty_regs                    in
 * 304  regs, sregs, events                               in and out: KVM_CAP_SYNC_REGS
 * </pre>
 */
public final class KvmRun {
    public static final int REQUEST_INTERRUPT_WINDOW = 0;
    public static final int IMMEDIATE_EXIT = 1;
    public static final int EXIT_REASON = 8;
    public static final int READY_FOR_INTERRUPT_INJECTION = 12;
    public static final int CR8 = 16;

    public static final int IO_DIRECTION = 32;
    public static final int IO_SIZE = 33;
    public static final int IO_PORT = 34;
    public static final int IO_COUNT = 36;
    /** From the start of the structure. */
    public static final int IO_DATA_OFFSET = 40;

    public static final int MMIO_PHYS_ADDR = 32;
    public static final int MMIO_DATA = 40;
    public static final int MMIO_LEN = 48;
    public static final int MMIO_IS_WRITE = 52;

    public static final int HYPERCALL_NR = 32;
    public static final int HYPERCALL_RET = 88;

    public static final int XEN_TYPE = 32;
    public static final int XEN_CPL = 44;
    public static final int XEN_INPUT = 48;
    public static final int XEN_RESULT = 56;
    /** Six 64-bit words. */
    public static final int XEN_PARAMS = 64;

    public static final int HARDWARE_EXIT_REASON = 32;
    public static final int ENTRY_FAILURE_REASON = 32;
    public static final int EXCEPTION_VECTOR = 32;
    public static final int SYSTEM_EVENT_TYPE = 32;
    public static final int INTERNAL_SUBERROR = 32;
    public static final int INTERNAL_NDATA = 36;
    public static final int INTERNAL_DATA = 40;
    public static final int EMULATION_FLAGS = 40;
    public static final int EMULATION_INSN_SIZE = 48;
    public static final int EMULATION_INSN_BYTES = 49;

    public static final int VALID_REGS = 288;
    public static final int DIRTY_REGS = 296;
    public static final int SYNC_REGS = 304;
    public static final int SYNC_SREGS = 448;

    private KvmRun() {}

    /** Values of {@code exit_reason}. */
    public static final class Exit {
        public static final int UNKNOWN = 0;
        public static final int EXCEPTION = 1;
        public static final int IO = 2;
        public static final int HYPERCALL = 3;
        public static final int DEBUG = 4;
        public static final int HLT = 5;
        public static final int MMIO = 6;
        public static final int IRQ_WINDOW_OPEN = 7;
        public static final int SHUTDOWN = 8;
        public static final int FAIL_ENTRY = 9;
        public static final int INTR = 10;
        public static final int SET_TPR = 11;
        public static final int INTERNAL_ERROR = 17;
        public static final int SYSTEM_EVENT = 24;
        public static final int XEN = 34;

        private Exit() {}
    }

    /** Values of {@code internal.suberror}. */
    public static final class KvmInternalError {
        public static final int EMULATION = 1;
        public static final int SIMUL_EX = 2;
        public static final int DELIVERY_EV = 3;
        public static final int UNEXPECTED_EXIT_REASON = 4;

        /** Bit of {@code emulation_failure.flags}. */
        public static final int FLAG_INSTRUCTION_BYTES = 1;

        private KvmInternalError() {}
    }

    /** Bits of {@code kvm_valid_regs} and {@code kvm_dirty_regs}. */
    public static final class Sync {
        public static final int REGS = 1;
        public static final int SREGS = 2;

        private Sync() {}
    }

    public static final int IO_OUT = 1;
    public static final int XEN_HCALL = 1;
}
