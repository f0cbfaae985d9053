package io.paravert.soft.board;

import io.paravert.memory.RawMemory;
import io.paravert.soft.irq.LocalApic;
import io.paravert.soft.memory.GuestPhysical;
import io.paravert.soft.memory.MachineMemory;

/**
 * KVM's para-virtual end of interrupt (Linux, Documentation/virt/kvm/x86/msr.rst): bit 0 of a word in guest memory, set when the
 * interrupt in service needs nothing but to leave service; a guest that clears it need not touch its APIC. vCPU thread only.
 */
final class ParavirtualEoi {
    static final int MSR = 0x4b56_4d04;
    private static final long ENABLED = 1;

    private final MachineMemory memory;
    private final LocalApic apic;
    private long register;
    private boolean offered;

    ParavirtualEoi(MachineMemory memory, LocalApic apic) {
        this.memory = memory;
        this.apic = apic;
    }

    long register() {
        return register;
    }

    boolean setRegister(long value) {
        if ((value & 2) != 0) {
            return false;
        }
        sync();
        register = value;
        return true;
    }

    void disable() {
        register = 0;
        offered = false;
    }

    /** Before the APIC is asked what is in service: hears whether the guest has ended the interrupt, and withdraws the offer. */
    void sync() {
        if (!offered) {
            return;
        }
        offered = false;
        long host = host();
        if (host == 0) {
            return;
        }
        int word = RawMemory.getInt(host);
        if ((word & 1) != 0) {
            RawMemory.putInt(host, word & ~1);
        } else {
            apic.endOfEdge();
        }
    }

    /** After a vector was taken: lets the guest end it by the word, if nothing waits behind it. */
    void offer() {
        if ((register & ENABLED) == 0 || !apic.isSimple()) {
            return;
        }
        long host = host();
        if (host != 0) {
            RawMemory.putInt(host, RawMemory.getInt(host) | 1);
            offered = true;
        }
    }

    private long host() {
        long gpa = register & -4;
        long entry = memory.physical().entry(gpa);
        return (entry & GuestPhysical.WRITABLE) == 0
                ? 0
                : (entry & GuestPhysical.HOST) + (gpa & (GuestPhysical.PAGE - 1));
    }
}
