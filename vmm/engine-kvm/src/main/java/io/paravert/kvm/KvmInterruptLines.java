package io.paravert.kvm;

import io.paravert.kvm.uapi.Ioctl;
import io.paravert.kvm.uapi.VmStructs.IrqLevel;
import io.paravert.kvm.uapi.VmStructs.Irqfd;
import io.paravert.kvm.uapi.VmStructs.Msi;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.InterruptLines;
import java.util.ArrayList;
import java.util.List;

/** The interrupt controllers in the kernel. Lines up to 15 reach the PIC and the I/O APIC. */
final class KvmInterruptLines implements InterruptLines {
    private static final int LINES = 24;

    private final KvmFd vm;
    private final Scratch scratch = new Scratch(Msi.SIZEOF);
    private final List<Irq> pulses = new ArrayList<>();
    private boolean closed;

    KvmInterruptLines(KvmFd vm) {
        this.vm = vm;
    }

    @Override
    public synchronized void setLine(int gsi, boolean level) {
        checkLine(gsi);
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

    @Override
    public Pulse openPulse(int gsi) {
        checkLine(gsi);
        int eventFd = Libc.eventfd(0, Libc.EFD_NONBLOCK_CLOEXEC);
        if (eventFd < 0) {
            throw KvmErrors.eventFd(Libc.errno());
        }
        Irq irq = new Irq(gsi, new KvmFd(eventFd));
        try {
            int result = irq.assign(0);
            if (result < 0) {
                throw KvmErrors.ioctl(Ioctl.KVM_IRQFD, -result, "interrupt line " + gsi);
            }
        } catch (RuntimeException e) {
            irq.eventFd.close();
            throw e;
        }
        synchronized (this) {
            if (!closed) {
                pulses.add(irq);
                return irq;
            }
        }
        irq.release();
        throw new IllegalStateException("the machine is closed");
    }

    private static void checkLine(int gsi) {
        if (gsi < 0 || gsi >= LINES) {
            throw new IllegalArgumentException("interrupt line " + gsi + "; 0 to " + (LINES - 1) + " exist");
        }
    }

    /** irqfd: the kernel pulses the line for each signal of the eventfd. */
    private final class Irq implements Pulse {
        private final int gsi;
        private final KvmFd eventFd;
        private final Scratch one = new Scratch(8);
        private boolean open = true;

        Irq(int gsi, KvmFd eventFd) {
            this.gsi = gsi;
            this.eventFd = eventFd;
            RawMemory.putLong(one.zeroed(8), 1);
        }

        /** Returns the negative errno if it fails. */
        int assign(int flags) {
            try (Scratch argument = new Scratch(Irqfd.SIZEOF)) {
                long address = argument.zeroed(Irqfd.SIZEOF);
                RawMemory.putInt(address + Irqfd.FD, eventFd.number());
                RawMemory.putInt(address + Irqfd.GSI, gsi);
                RawMemory.putInt(address + Irqfd.FLAGS, flags);
                return vm.tryIoctl(Ioctl.KVM_IRQFD, address);
            }
        }

        @Override
        public synchronized void raise() {
            if (open) {
                Libc.write(eventFd.number(), one.address(), 8);
            }
        }

        @Override
        public void close() {
            synchronized (KvmInterruptLines.this) {
                if (!pulses.remove(this)) {
                    return;
                }
            }
            assign(Irqfd.DEASSIGN);
            release();
        }

        /** Gives back what is ours; the kernel drops the rest with the eventfd or the machine. */
        synchronized void release() {
            if (open) {
                open = false;
                eventFd.close();
                one.close();
            }
        }
    }

    /** Before the machine's descriptor is closed: what comes from now on reaches nobody. */
    synchronized void stop() {
        closed = true;
    }

    /** After it: the kernel's side of all pulses has gone with it. */
    void close() {
        List<Irq> open;
        synchronized (this) {
            open = List.copyOf(pulses);
            pulses.clear();
        }
        open.forEach(Irq::release);
        scratch.close();
    }
}
