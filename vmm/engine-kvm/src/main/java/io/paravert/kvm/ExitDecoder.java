package io.paravert.kvm;

import io.paravert.kvm.uapi.KvmRun;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.VcpuExit;

/** {@code kvm_run} to {@link VcpuExit}: a pure function over memory and registers. */
final class ExitDecoder {
    private static final int R11 = 11;
    /** Encodings of RDI, RSI, RDX, R10, R8, R9, a byte each. */
    private static final long ARGUMENT_REGISTERS = 0x09_08_0a_02_06_07L;

    private ExitDecoder() {}

    /** @param run a {@code kvm_run} that KVM_RUN has just filled; not an exit that the engine serves itself */
    static ExitReason decode(long run, KvmRegisters registers, VcpuExit exit) {
        switch (RawMemory.getInt(run + KvmRun.EXIT_REASON)) {
            case KvmRun.Exit.IO:
                return exit.setPortAccess(
                        RawMemory.getByte(run + KvmRun.IO_DIRECTION) == KvmRun.IO_OUT,
                        RawMemory.getShort(run + KvmRun.IO_PORT) & 0xffff,
                        RawMemory.getByte(run + KvmRun.IO_SIZE),
                        RawMemory.getInt(run + KvmRun.IO_COUNT),
                        run + RawMemory.getLong(run + KvmRun.IO_DATA_OFFSET));
            case KvmRun.Exit.MMIO:
                return exit.setMmioAccess(
                        RawMemory.getByte(run + KvmRun.MMIO_IS_WRITE) != 0,
                        RawMemory.getLong(run + KvmRun.MMIO_PHYS_ADDR),
                        RawMemory.getInt(run + KvmRun.MMIO_LEN),
                        run + KvmRun.MMIO_DATA);
            case KvmRun.Exit.HYPERCALL:
                return exitHypercall(registers, exit);
            case KvmRun.Exit.XEN:
                return xen(run, registers, exit);
            case KvmRun.Exit.HLT:
                return exit.set(ExitReason.HALT);
            case KvmRun.Exit.IRQ_WINDOW_OPEN:
                return exit.set(ExitReason.INTERRUPT_WINDOW);
            case KvmRun.Exit.DEBUG:
                return exit.set(ExitReason.DEBUG);
            case KvmRun.Exit.SHUTDOWN:
                return exit.set(ExitReason.SHUTDOWN);
            default:
                return exit.setFailed(ExitFailure.describe(run, registers.rip()));
        }
    }

    /** Bytes that must stand in RAX's place before the vCPU runs again, or 0 if the exit wants no result. */
    static int resultOffset(long run) {
        return switch (RawMemory.getInt(run + KvmRun.EXIT_REASON)) {
            case KvmRun.Exit.HYPERCALL -> KvmRun.HYPERCALL_RET;
            case KvmRun.Exit.XEN -> KvmRun.XEN_RESULT;
            default -> 0;
        };
    }

    /** Number 12 in RAX is KVM's; the real number is in R11 and the arguments where every transport has them. CPL 0 only. */
    private static ExitReason exitHypercall(KvmRegisters registers, VcpuExit exit) {
        registers.setCpl(0);
        for (int i = 0; i < VcpuExit.MAX_ARGUMENTS; i++) {
            exit.setArgument(i, registers.get((int) (ARGUMENT_REGISTERS >>> 8 * i) & 0xff));
        }
        return exit.setHypercall(registers.get(R11));
    }

    private static ExitReason xen(long run, KvmRegisters registers, VcpuExit exit) {
        int type = RawMemory.getInt(run + KvmRun.XEN_TYPE);
        if (type != KvmRun.XEN_HCALL) {
            return exit.setFailed("KVM left the guest with a Xen exit of type " + type);
        }
        registers.setCpl(RawMemory.getInt(run + KvmRun.XEN_CPL));
        for (int i = 0; i < VcpuExit.MAX_ARGUMENTS; i++) {
            exit.setArgument(i, RawMemory.getLong(run + KvmRun.XEN_PARAMS + 8L * i));
        }
        return exit.setHypercall(RawMemory.getLong(run + KvmRun.XEN_INPUT));
    }
}
