package io.paravert.kvm;

import io.paravert.kvm.uapi.Ioctl;
import io.paravert.kvm.uapi.VmStructs.IoEventFd;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.DoorbellEvents;
import java.util.ArrayList;
import java.util.List;

/** Doorbells by ioeventfd: the kernel takes the guest's store, signals an eventfd, and the guest goes on. */
final class KvmDoorbells implements DoorbellEvents {
    private final KvmFd vm;
    private final EventPoller poller;
    private final List<Doorbell> open = new ArrayList<>();
    private boolean closed;

    KvmDoorbells(KvmFd vm, EventPoller poller) {
        this.vm = vm;
        this.poller = poller;
    }

    @Override
    public AutoCloseable listen(boolean mmio, long place, int size, Runnable listener) {
        if (size != 1 && size != 2 && size != 4 && (size != 8 || !mmio)) {
            throw new IllegalArgumentException("a doorbell of " + size + " bytes; 1, 2, 4 or, by MMIO, 8 are possible");
        }
        if (!mmio && (place < 0 || place > 0xffff)) {
            throw new IllegalArgumentException(
                    "a doorbell at port 0x" + Long.toHexString(place) + "; 0xffff is the last");
        }
        Doorbell doorbell = new Doorbell(mmio, place, size, poller.register(listener));
        try {
            doorbell.assign();
        } catch (RuntimeException e) {
            doorbell.event.close();
            throw e;
        }
        synchronized (open) {
            if (!closed) {
                open.add(doorbell);
                return doorbell;
            }
        }
        doorbell.event.close();
        throw new IllegalStateException("the machine is closed");
    }

    /**
     * After the machine's descriptor, with which the kernel's side of all doorbells has gone: to take them away one by one
     * would make the kernel wait milliseconds for each.
     */
    void close() {
        List<Doorbell> all;
        synchronized (open) {
            all = List.copyOf(open);
            open.clear();
            closed = true;
        }
        all.forEach(doorbell -> doorbell.event.close());
    }

    private final class Doorbell implements AutoCloseable {
        private final boolean mmio;
        private final long place;
        private final int size;
        private final EventPoller.Registration event;

        Doorbell(boolean mmio, long place, int size, EventPoller.Registration event) {
            this.mmio = mmio;
            this.place = place;
            this.size = size;
            this.event = event;
        }

        void assign() {
            int result = set(0);
            if (result < 0) {
                throw KvmErrors.ioctl(
                        Ioctl.KVM_IOEVENTFD,
                        -result,
                        (mmio ? "address 0x" : "port 0x") + Long.toHexString(place) + ", " + size + " bytes");
            }
        }

        /** Returns the negative errno if it fails. */
        private int set(int flags) {
            try (Scratch scratch = new Scratch(IoEventFd.SIZEOF)) {
                long argument = scratch.zeroed(IoEventFd.SIZEOF);
                RawMemory.putLong(argument + IoEventFd.ADDR, place);
                RawMemory.putInt(argument + IoEventFd.LEN, size);
                RawMemory.putInt(argument + IoEventFd.FD, event.fd());
                RawMemory.putInt(argument + IoEventFd.FLAGS, flags | (mmio ? 0 : IoEventFd.PIO));
                return vm.tryIoctl(Ioctl.KVM_IOEVENTFD, argument);
            }
        }

        /** Idempotent. */
        @Override
        public void close() {
            synchronized (open) {
                if (!open.remove(this)) {
                    return;
                }
            }
            set(IoEventFd.DEASSIGN);
            event.close();
        }
    }
}
