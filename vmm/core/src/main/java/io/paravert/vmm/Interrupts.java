package io.paravert.vmm;

import io.paravert.vmm.engine.EngineVcpu;
import io.paravert.vmm.engine.InterruptLines;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * External interrupts on their way to one vCPU. Where the engine has the interrupt controllers they go there; otherwise they
 * wait here, and the vCPU's thread injects them, the highest vector first, as soon as the guest can take one.
 */
final class Interrupts {
    private static final int WORDS = 4;
    /** A message to a local APIC, AMD APM vol. 2, 16.4: destination id in bits 19-12. */
    private static final long MSI_BASE = 0xfee0_0000L;

    private static final int MSI_DESTINATION_SHIFT = 12;

    private final int vcpu;
    private final Machine machine;
    private final AtomicLongArray pending = new AtomicLongArray(WORDS);
    private boolean windowRequested;

    Interrupts(int vcpu, Machine machine) {
        this.vcpu = vcpu;
        this.machine = machine;
    }

    /** Raises a vector; true if the vCPU has to be told. Any thread. */
    boolean raise(int vector) {
        if (machine.hasEngineInterrupts()) {
            InterruptLines lines = machine.engineMachine().interruptLines().orElseThrow();
            lines.signalMsi(MSI_BASE | (long) vcpu << MSI_DESTINATION_SHIFT, vector);
            return false;
        }
        int word = vector / Long.SIZE;
        long bit = 1L << vector;
        long old = pending.get(word);
        while (!pending.compareAndSet(word, old, old | bit)) {
            old = pending.get(word);
        }
        return true;
    }

    /** Forgets all: the vCPU starts anew. */
    void clear() {
        for (int word = 0; word < WORDS; word++) {
            pending.set(word, 0);
        }
    }

    boolean isPending() {
        return highest() >= 0;
    }

    boolean isDeliverable(EngineVcpu engine) {
        return isPending() && engine.canTakeInterrupt();
    }

    /** Injects what can be, or asks to be told when it can; before each entry, on the vCPU's thread. */
    void prepareEntry(EngineVcpu engine) {
        int vector = highest();
        if (vector >= 0 && engine.canTakeInterrupt()) {
            take(vector);
            engine.injectInterrupt(vector);
            vector = highest();
        }
        boolean wanted = vector >= 0;
        if (wanted != windowRequested) {
            windowRequested = wanted;
            engine.requestInterruptWindow(wanted);
        }
    }

    private int highest() {
        for (int word = WORDS - 1; word >= 0; word--) {
            long bits = pending.get(word);
            if (bits != 0) {
                return word * Long.SIZE + Long.SIZE - 1 - Long.numberOfLeadingZeros(bits);
            }
        }
        return -1;
    }

    private void take(int vector) {
        int word = vector / Long.SIZE;
        long old = pending.get(word);
        while (!pending.compareAndSet(word, old, old & ~(1L << vector))) {
            old = pending.get(word);
        }
    }
}
