package io.paravert.kvm;

import io.paravert.kvm.uapi.Ioctl;
import io.paravert.kvm.uapi.VmStructs.IrqLevel;
import io.paravert.kvm.uapi.VmStructs.Msi;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.InterruptLines;

/** The interrupt controllers in the kernel. Lines up to 15 reach the PIC and the I/O APIC. */
final class KvmInterruptLines implements InterruptLines {
    private static final int LINES = 24;

    private final KvmFd vm;
    private final Scratch scratch = new Scratch(Msi.SIZEOF);
    private boolean closed;

    KvmInterruptLines(KvmFd vm) {
        this.vm = vm;
    }

    @Override
    public synchronized void setLine(int gsi, boolean level) {
        if (gsi < 0 || gsi >= LINES) {
            throw new IllegalArgumentException("interrupt line " + gsi + "; 0 to " + (LINES - 1) + " exist");
        }
        if (closed) {
            return;
        }
        long argument = scratch.zeroed(IrqLevel.SIZEOF);
        RawMemory.putInt(argument + IrqLevel.IRQ, gsi);
        RawMemory.putInt(argument + IrqLevel.LEVEL, level ? 1 : 0);
        vm.ioctl(Ioctl.KVM_IRQ_LINE, argument, "interrupt line " + gsi);
    }

    /** A guest that has its APIC switched off misses the interrupt, as on hardware. */
    @Override
    public synchronized void signalMsi(long address, int data) {
        if (closed) {
            return;
        }
        long argument = scratch.zeroed(Msi.SIZEOF);
        RawMemory.putInt(argument + Msi.ADDRESS_LO, (int) address);
        RawMemory.putInt(argument + Msi.ADDRESS_HI, (int) (address >>> 32));
        RawMemory.putInt(argument + Msi.DATA, data);
        int result = vm.tryIoctl(Ioctl.KVM_SIGNAL_MSI, argument);
        if (result < 0 && result != -Errno.EPERM) {
            throw KvmErrors.ioctl(Ioctl.KVM_SIGNAL_MSI, -result, "address 0x" + Long.toHexString(address));
        }
    }

    /** Before the machine's descriptor is closed; signals that come later reach nobody. */
    synchronized void close() {
        closed = true;
        scratch.close();
    }
}
