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
            open.add(doorbell);
        }
        return doorbell;
    }

    /** With the machine, whose descriptor is still open. */
    void close() {
        List<Doorbell> all;
        synchronized (open) {
            all = List.copyOf(open);
        }
        all.forEach(Doorbell::close);
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
            set(0);
        }

        private void set(int flags) {
            try (Scratch scratch = new Scratch(IoEventFd.SIZEOF)) {
                long argument = scratch.zeroed(IoEventFd.SIZEOF);
                RawMemory.putLong(argument + IoEventFd.ADDR, place);
                RawMemory.putInt(argument + IoEventFd.LEN, size);
                RawMemory.putInt(argument + IoEventFd.FD, event.fd());
                RawMemory.putInt(argument + IoEventFd.FLAGS, flags | (mmio ? 0 : IoEventFd.PIO));
                vm.ioctl(
                        Ioctl.KVM_IOEVENTFD,
                        argument,
                        (mmio ? "address 0x" : "port 0x") + Long.toHexString(place) + ", " + size + " bytes");
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
