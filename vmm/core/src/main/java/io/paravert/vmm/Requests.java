package io.paravert.vmm;

import java.util.concurrent.atomic.AtomicInteger;

/** What others ask of a vCPU, one bit each. Any thread sets; the vCPU's thread takes. */
final class Requests {
    /** The machine ends; never cleared. */
    static final int END = 1;
    /** Stay out of the guest; cleared by the owner's resume. */
    static final int PAUSE = 1 << 1;
    /** The guest stops this vCPU. */
    static final int STOP = 1 << 2;
    /** The guest starts this vCPU. */
    static final int START = 1 << 3;
    /** Leave the guest once, for nothing. */
    static final int KICK = 1 << 4;
    /** An event or interrupt came. */
    static final int EVENT = 1 << 5;
    /** Something is to be run on the thread. */
    static final int COMMAND = 1 << 6;

    private final AtomicInteger bits = new AtomicInteger();

    int get() {
        return bits.get();
    }

    void set(int bit) {
        int old = bits.get();
        while ((old & bit) != bit && !bits.compareAndSet(old, old | bit)) {
            old = bits.get();
        }
    }

    void clear(int mask) {
        bits.getAndUpdate(old -> old & ~mask);
    }

    /** Clears a bit; true if it was set. */
    boolean take(int bit) {
        if ((bits.get() & bit) == 0) {
            return false;
        }
        return (bits.getAndUpdate(old -> old & ~bit) & bit) != 0;
    }
}
