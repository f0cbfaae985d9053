package io.paravert.kvm;

import io.paravert.kvm.uapi.Ioctl;
import io.paravert.kvm.uapi.KvmRun;
import io.paravert.kvm.uapi.VcpuStructs;
import io.paravert.kvm.uapi.VcpuStructs.Cpuid;
import io.paravert.kvm.uapi.VcpuStructs.GuestDebug;
import io.paravert.kvm.uapi.VcpuStructs.MpState;
import io.paravert.kvm.uapi.VcpuStructs.Msrs;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.GuestRegisters;
import io.paravert.vmm.engine.VcpuExit;
import java.util.List;

/**
 * One vCPU of KVM's. An exit for port I/O, MMIO or a hypercall is only half of the instruction: the other half happens at
 * the start of the next KVM_RUN, which the engine therefore makes, with {@code immediate_exit}, before anybody replaces or
 * saves the vCPU's state.
 *
 * <pre>
 *   RESTING --run--> in the guest --exit--> RESTING             nothing is left to do
 *                                 --exit--> PENDING             half an instruction
 *   PENDING --run--> in the guest
 *   PENDING --completePending--> RESTING, or WAITING            the instruction has one more access
 *   WAITING --run--> PENDING, with the exit that has waited
 * </pre>
 */
final class KvmVcpu implements EngineVcpu {
    private enum Progress {
        RESTING,
        PENDING,
        WAITING
    }

    private static final long KVM_RUN = Ioctl.KVM_RUN.request();
    private static final int RCX = 1;
    /** Accesses that an instruction other than a repeated one can make, at the very most. */
    private static final int MAX_FRAGMENTS = 16;

    private static final int IA32_TSC = 0x10;
    /** The legacy area and the header. */
    private static final int MIN_XSAVE = 576;

    private static final int SCRATCH_BYTES = 16 * 1024;

    private final KvmMachine machine;
    private final KvmFd fd;
    private final Scratch scratch;
    private final Scratch registerArea = new Scratch(KvmRegisters.fallbackBytes());
    private final Thread owner = Thread.currentThread();
    private final int runBytes;
    private final long run;
    private final Kick kick;
    private final KvmRegisters registers;
    private Progress progress = Progress.RESTING;
    private VcpuExit answers = new VcpuExit();
    private boolean windowKnown;
    private boolean closed;

    /** Takes over the descriptor. */
    KvmVcpu(KvmMachine machine, KvmFd fd, int syncSets, List<CpuidLeaf> cpuid) {
        this.machine = machine;
        this.fd = fd;
        runBytes = machine.engine().device().runBytes();
        scratch = new Scratch(Math.max(SCRATCH_BYTES, machine.engine().xsaveBytes()));
        run = Libc.mmap(0, runBytes, Libc.PROT_READ_WRITE, Libc.MAP_SHARED, fd.number(), 0);
        if (run == -1) {
            int errno = Libc.errno();
            scratch.close();
            registerArea.close();
            throw KvmErrors.mapRun(errno);
        }
        kick = new Kick(run);
        try {
            setCpuid(cpuid);
            registers = new KvmRegisters(
                    fd,
                    run,
                    registerArea.zeroed(KvmRegisters.fallbackBytes()),
                    syncSets,
                    machine.hasInterruptController());
            machine.engine().learnTscKilohertz(Math.max(0, fd.tryIoctl(Ioctl.KVM_GET_TSC_KHZ, 0)));
        } catch (RuntimeException e) {
            release();
            throw e;
        }
    }

    private void setCpuid(List<CpuidLeaf> leaves) {
        long table = scratch.zeroed(Cpuid.ENTRIES + leaves.size() * Cpuid.ENTRY_SIZEOF);
        RawMemory.putInt(table + Cpuid.NENT, leaves.size());
        long entry = table + Cpuid.ENTRIES;
        for (CpuidLeaf leaf : leaves) {
            leaf.write(entry);
            entry += Cpuid.ENTRY_SIZEOF;
        }
        fd.ioctl(Ioctl.KVM_SET_CPUID2, table, leaves.size() + " CPUID leaves");
    }

    @Override
    public ExitReason run(VcpuExit exit) {
        checkUse();
        if (progress == Progress.WAITING) {
            return served(exit);
        }
        answer();
        registers.beforeRun();
        while (true) {
            int result = Libc.ioctl(fd.number(), KVM_RUN, 0);
            registers.afterRun();
            windowKnown = true;
            if (result >= 0) {
                int reason = RawMemory.getInt(run + KvmRun.EXIT_REASON);
                // SET_TPR: the guest has lowered CR8, which matters to a user-space APIC only.
                if (reason != KvmRun.Exit.INTR && reason != KvmRun.Exit.SET_TPR) {
                    return served(exit);
                }
            } else {
                // EAGAIN: the vCPU has waited for INIT or SIPI, and has got it.
                int errno = Libc.errno();
                if (errno == Errno.EINTR) {
                    progress = Progress.RESTING;
                    if (kick.consume()) {
                        return exit.set(ExitReason.INTERRUPTED);
                    }
                } else if (errno != Errno.EAGAIN) {
                    progress = Progress.RESTING;
                    return exit.setFailed(KvmErrors.run(errno, registers.rip()));
                }
            }
        }
    }

    private ExitReason served(VcpuExit exit) {
        ExitReason reason = ExitDecoder.decode(run, registers, exit);
        switch (reason) {
            case PORT_READ, PORT_WRITE, MMIO_READ, MMIO_WRITE, HYPERCALL -> progress = Progress.PENDING;
            default -> progress = Progress.RESTING;
        }
        answers = exit;
        return reason;
    }

    /** Hands the result of a hypercall to the kernel, which puts it into RAX. */
    private void answer() {
        if (progress == Progress.PENDING) {
            int offset = ExitDecoder.resultOffset(run);
            if (offset != 0) {
                RawMemory.putLong(run + offset, answers.result());
            }
        }
    }

    @Override
    public void completePending() {
        checkUse();
        if (progress != Progress.PENDING) {
            return;
        }
        answer();
        registers.beforeRun();
        kick.holdBack();
        int result = Libc.ioctl(fd.number(), KVM_RUN, 0);
        int errno = result < 0 ? Libc.errno() : 0;
        kick.letGo();
        registers.afterRun();
        windowKnown = true;
        if (result < 0 && errno != Errno.EINTR) {
            throw KvmErrors.ioctl(Ioctl.KVM_RUN, errno, "completing an access");
        }
        progress = result < 0 ? Progress.RESTING : Progress.WAITING;
    }

    @Override
    public void kick() {
        kick.kick();
    }

    @Override
    public GuestRegisters registers() {
        return registers;
    }

    @Override
    public void readState(CpuState state) {
        checkUse();
        registers.read(state);
    }

    /** A vCPU that waits for INIT and SIPI need not wait any longer: who writes a state wants it to run. */
    @Override
    public void writeState(CpuState state) {
        checkUse();
        abandonPending();
        registers.write(state);
        // Without an in-kernel APIC the kernel takes CR8 from here at every entry.
        RawMemory.putLong(run + KvmRun.CR8, state.cr8);
        if (machine.hasInterruptController()) {
            makeRunnable();
        }
        progress = Progress.RESTING;
        windowKnown = false;
    }

    /**
     * Leaves no half instruction behind that would meddle with a new state. One that makes many accesses is a repeated string
     * instruction: it is told that this was its last one.
     */
    private void abandonPending() {
        completePending();
        for (int i = 0; progress == Progress.WAITING && i < MAX_FRAGMENTS; i++) {
            registers.set(RCX, 1);
            progress = Progress.PENDING;
            completePending();
        }
    }

    private void makeRunnable() {
        long argument = scratch.zeroed(4);
        RawMemory.putInt(argument, MpState.RUNNABLE);
        fd.ioctl(Ioctl.KVM_SET_MP_STATE, argument, "");
    }

    @Override
    public long readMsr(int index) {
        checkUse();
        long argument = msrArgument(index, 0);
        if (fd.ioctl(Ioctl.KVM_GET_MSRS, argument, "") != 1) {
            throw KvmErrors.msr(index, "read");
        }
        return RawMemory.getLong(argument + Msrs.ENTRIES + Msrs.ENTRY_DATA);
    }

    @Override
    public void writeMsr(int index, long value) {
        checkUse();
        if (fd.ioctl(Ioctl.KVM_SET_MSRS, msrArgument(index, value), "") != 1) {
            throw KvmErrors.msr(index, "write");
        }
    }

    @Override
    public long readTsc() {
        return machine.engine().hasSteadyTsc() ? readMsr(IA32_TSC) : -1;
    }

    private long msrArgument(int index, long value) {
        long argument = scratch.zeroed(Msrs.ENTRIES + Msrs.ENTRY_SIZEOF);
        RawMemory.putInt(argument + Msrs.NMSRS, 1);
        RawMemory.putInt(argument + Msrs.ENTRIES + Msrs.ENTRY_INDEX, index);
        RawMemory.putLong(argument + Msrs.ENTRIES + Msrs.ENTRY_DATA, value);
        return argument;
    }

    @Override
    public byte[] readXsave() {
        checkUse();
        int bytes = machine.engine().xsaveBytes();
        long area = scratch.zeroed(bytes);
        fd.ioctl(bytes > VcpuStructs.XSAVE_SIZEOF ? Ioctl.KVM_GET_XSAVE2 : Ioctl.KVM_GET_XSAVE, area, "");
        byte[] copy = new byte[bytes];
        RawMemory.read(area, copy, 0, bytes);
        return copy;
    }

    @Override
    public void writeXsave(byte[] area) {
        checkUse();
        int bytes = machine.engine().xsaveBytes();
        if (area.length < MIN_XSAVE || area.length > bytes) {
            throw new EngineException(
                    "an XSAVE area of " + area.length + " bytes; this processor's has " + MIN_XSAVE + " to " + bytes,
                    "");
        }
        long argument = scratch.zeroed(bytes);
        RawMemory.write(argument, area, 0, area.length);
        fd.ioctl(Ioctl.KVM_SET_XSAVE, argument, "");
    }

    @Override
    public boolean canTakeInterrupt() {
        return windowKnown && RawMemory.getByte(run + KvmRun.READY_FOR_INTERRUPT_INJECTION) != 0;
    }

    @Override
    public void injectInterrupt(int vector) {
        checkUse();
        if (vector < 16 || vector > 255) {
            throw new IllegalArgumentException("interrupt vector " + vector + "; 16 to 255 can be injected");
        }
        if (!canTakeInterrupt()) {
            throw new IllegalStateException("vCPU cannot take interrupt vector " + vector + " now");
        }
        long argument = scratch.zeroed(4);
        RawMemory.putInt(argument, vector);
        fd.ioctl(Ioctl.KVM_INTERRUPT, argument, "vector " + vector);
        windowKnown = false;
    }

    @Override
    public void requestInterruptWindow(boolean wanted) {
        checkUse();
        RawMemory.putByte(run + KvmRun.REQUEST_INTERRUPT_WINDOW, (byte) (wanted ? 1 : 0));
    }

    @Override
    public void setSingleStep(boolean on) {
        checkUse();
        long argument = scratch.zeroed(GuestDebug.SIZEOF);
        RawMemory.putInt(argument + GuestDebug.CONTROL, on ? GuestDebug.ENABLE | GuestDebug.SINGLESTEP : 0);
        fd.ioctl(Ioctl.KVM_SET_GUEST_DEBUG, argument, "single step");
    }

    private void checkUse() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("vCPU of thread " + owner.getName() + " used by thread "
                    + Thread.currentThread().getName());
        }
        if (closed) {
            throw new IllegalStateException("vCPU is closed");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            release();
            machine.vcpuClosed();
        }
    }

    private void release() {
        kick.close();
        Libc.munmap(run, runBytes);
        fd.close();
        scratch.close();
        registerArea.close();
    }
}
