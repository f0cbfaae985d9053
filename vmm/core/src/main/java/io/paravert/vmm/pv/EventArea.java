package io.paravert.vmm.pv;

import io.paravert.abi.EventAreaLayout;
import io.paravert.abi.EventVcpuLayout;
import io.paravert.device.GuestMemoryView;

/** The event area in guest memory: the host's side of its bits, all changed atomically because the guest changes them too. */
final class EventArea {
    /** Words of pending and masked bits. */
    static final int WORDS = EventAreaLayout.PENDING_COUNT;
    /** A guest that changes a word all the time cannot hold a thread of the monitor for longer than this many tries. */
    private static final int TRIES = 10_000;

    private final GuestMemoryView memory;
    private final long gpa;

    EventArea(GuestMemoryView memory, long gpa) {
        this.memory = memory;
        this.gpa = gpa;
    }

    long gpa() {
        return gpa;
    }

    private long pendingWord(int word) {
        return gpa + EventAreaLayout.PENDING_OFFSET + (long) word * EventAreaLayout.PENDING_STRIDE;
    }

    private long maskedWord(int word) {
        return gpa + EventAreaLayout.MASKED_OFFSET + (long) word * EventAreaLayout.MASKED_STRIDE;
    }

    private long line(int vcpu) {
        return gpa + EventAreaLayout.VCPUS_OFFSET + (long) vcpu * EventAreaLayout.VCPUS_STRIDE;
    }

    long pending(int word) {
        return memory.getLongAcquire(pendingWord(word));
    }

    /** Sets the pending bit; true if it was clear. */
    boolean setPending(int channel) {
        return setBit(pendingWord(channel / Long.SIZE), channel);
    }

    boolean isPending(int channel) {
        return (pending(channel / Long.SIZE) & 1L << channel) != 0;
    }

    boolean isMasked(int channel) {
        return (memory.getLongAcquire(maskedWord(channel / Long.SIZE)) & 1L << channel) != 0;
    }

    void setMasked(int channel) {
        setBit(maskedWord(channel / Long.SIZE), channel);
    }

    void clearMasked(int channel) {
        clearBit(maskedWord(channel / Long.SIZE), channel);
    }

    void clearPending(int channel) {
        clearBit(pendingWord(channel / Long.SIZE), channel);
    }

    private boolean setBit(long word, int channel) {
        long bit = 1L << channel;
        for (int i = 0; i < TRIES; i++) {
            long old = memory.getLongAcquire(word);
            if ((old & bit) != 0) {
                return false;
            }
            if (memory.compareAndSetLong(word, old, old | bit)) {
                return true;
            }
        }
        return false;
    }

    private void clearBit(long word, int channel) {
        for (int i = 0; i < TRIES; i++) {
            long old = memory.getLongAcquire(word);
            if (memory.compareAndSetLong(word, old, old & ~(1L << channel))) {
                return;
            }
        }
    }

    /** Notes in a vCPU's line that a word of pending bits has something new; true if its vector is to be raised. */
    boolean announce(int vcpu, int word) {
        long selector = line(vcpu) + EventVcpuLayout.SELECTOR_OFFSET;
        for (int i = 0; i < TRIES; i++) {
            int old = memory.getIntAcquire(selector);
            if (memory.compareAndSetInt(selector, old, old | 1 << word)) {
                break;
            }
        }
        long upcall = line(vcpu) + EventVcpuLayout.UPCALL_OFFSET;
        for (int i = 0; i < TRIES; i++) {
            int old = memory.getIntAcquire(upcall);
            if (memory.compareAndSetInt(upcall, old, 1)) {
                return old == 0;
            }
        }
        return true;
    }

    /** True if a vCPU's vector was raised and the guest has not looked since. */
    boolean isUpcallPending(int vcpu) {
        return memory.getIntAcquire(line(vcpu) + EventVcpuLayout.UPCALL_OFFSET) != 0;
    }
}
