package io.paravert.kvm;

import io.paravert.kvm.uapi.Ioctl;
import io.paravert.kvm.uapi.VmStructs.DirtyLog;
import io.paravert.kvm.uapi.VmStructs.MemoryRegion;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.EngineException;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/** A machine's guest-physical memory: KVM's memory slots, and the log of pages that the guest has written. Any thread. */
final class MemorySlots implements io.paravert.vmm.engine.DirtyLog {
    private static final int PAGE = 4096;
    private static final long MAX_PHYSICAL = 1L << 52;

    private final KvmFd vm;
    private final int maxSlots;
    private final Scratch scratch = new Scratch(MemoryRegion.SIZEOF);
    private final TreeMap<Long, Slot> byGpa = new TreeMap<>();
    private final BitSet used = new BitSet();

    private static final class Slot {
        final int number;
        final long gpa;
        final long hostAddress;
        final long bytes;
        final boolean readOnly;
        boolean logged;

        Slot(int number, long gpa, long hostAddress, long bytes, boolean readOnly) {
            this.number = number;
            this.gpa = gpa;
            this.hostAddress = hostAddress;
            this.bytes = bytes;
            this.readOnly = readOnly;
        }

        @Override
        public String toString() {
            return "guest memory 0x" + Long.toHexString(gpa) + " to 0x" + Long.toHexString(gpa + bytes - 1);
        }
    }

    MemorySlots(KvmFd vm, int maxSlots) {
        this.vm = vm;
        this.maxSlots = maxSlots;
    }

    synchronized void map(long gpa, long hostAddress, long bytes, boolean readOnly) {
        check(gpa, hostAddress, bytes);
        int number = used.nextClearBit(0);
        if (number >= maxSlots) {
            throw new EngineException(
                    "KVM has " + maxSlots + " memory slots, and all are in use", "use fewer, larger memory regions");
        }
        Slot slot = new Slot(number, gpa, hostAddress, bytes, readOnly);
        set(slot, bytes);
        used.set(number);
        byGpa.put(gpa, slot);
    }

    private void check(long gpa, long hostAddress, long bytes) {
        if (bytes <= 0 || ((gpa | hostAddress | bytes) & PAGE - 1) != 0) {
            throw new IllegalArgumentException("guest memory at 0x" + Long.toHexString(gpa) + ", host 0x"
                    + Long.toHexString(hostAddress) + ", 0x" + Long.toHexString(bytes)
                    + " bytes: each must be a multiple of " + PAGE + ", the size positive");
        }
        if (gpa < 0 || gpa > MAX_PHYSICAL - bytes) {
            throw new IllegalArgumentException("guest memory at 0x" + Long.toHexString(gpa) + ", 0x"
                    + Long.toHexString(bytes) + " bytes: ends above 2^52");
        }
        Map.Entry<Long, Slot> below = byGpa.lowerEntry(gpa + bytes);
        if (below != null && below.getKey() + below.getValue().bytes > gpa) {
            throw new IllegalArgumentException("guest memory at 0x" + Long.toHexString(gpa) + ", 0x"
                    + Long.toHexString(bytes) + " bytes: overlaps " + below.getValue());
        }
    }

    synchronized void unmap(long gpa) {
        Slot slot = find(gpa);
        set(slot, 0);
        used.clear(slot.number);
        byGpa.remove(gpa);
    }

    @Override
    public synchronized void setEnabled(long gpa, boolean enabled) {
        Slot slot = find(gpa);
        if (slot.logged != enabled) {
            slot.logged = enabled;
            set(slot, slot.bytes);
        }
    }

    @Override
    public synchronized BitSet collect(long gpa) {
        Slot slot = find(gpa);
        if (!slot.logged) {
            throw new IllegalStateException("writes to " + slot + " are not being logged");
        }
        int bitmapBytes = (int) (slot.bytes / PAGE + 63 >> 6) * 8;
        try (Scratch bitmap = new Scratch(bitmapBytes)) {
            long words = bitmap.zeroed(bitmapBytes);
            long argument = scratch.zeroed(DirtyLog.SIZEOF);
            RawMemory.putInt(argument + DirtyLog.SLOT, slot.number);
            RawMemory.putLong(argument + DirtyLog.DIRTY_BITMAP, words);
            vm.ioctl(Ioctl.KVM_GET_DIRTY_LOG, argument, slot.toString());
            long[] copy = new long[bitmapBytes / 8];
            for (int i = 0; i < copy.length; i++) {
                copy[i] = RawMemory.getLong(words + 8L * i);
            }
            return BitSet.valueOf(copy);
        }
    }

    private Slot find(long gpa) {
        Slot slot = byGpa.get(gpa);
        if (slot == null) {
            throw new IllegalArgumentException("no guest memory begins at 0x" + Long.toHexString(gpa));
        }
        return slot;
    }

    /** @param bytes the slot's, or 0 to delete it */
    private void set(Slot slot, long bytes) {
        long region = scratch.zeroed(MemoryRegion.SIZEOF);
        RawMemory.putInt(region + MemoryRegion.SLOT, slot.number);
        RawMemory.putInt(
                region + MemoryRegion.FLAGS,
                (slot.readOnly ? MemoryRegion.READONLY : 0) | (slot.logged ? MemoryRegion.LOG_DIRTY_PAGES : 0));
        RawMemory.putLong(region + MemoryRegion.GUEST_PHYS_ADDR, slot.gpa);
        RawMemory.putLong(region + MemoryRegion.MEMORY_SIZE, bytes);
        RawMemory.putLong(region + MemoryRegion.USERSPACE_ADDR, slot.hostAddress);
        vm.ioctl(Ioctl.KVM_SET_USER_MEMORY_REGION, region, slot.toString());
    }

    /** After the VM's descriptor. */
    synchronized void close() {
        scratch.close();
    }
}
