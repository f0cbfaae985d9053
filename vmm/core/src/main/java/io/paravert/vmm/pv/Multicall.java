package io.paravert.vmm.pv;

import io.paravert.abi.CallSlotLayout;
import io.paravert.abi.Hypercall;
import io.paravert.abi.Limit;
import io.paravert.abi.MulticallFlag;
import io.paravert.abi.PvError;
import io.paravert.vmm.exit.CallingVcpu;
import io.paravert.vmm.memory.GuestMemory;

/** MULTICALL: a batch of calls in one exit. Bounded, and never within itself. */
final class Multicall {
    private final GuestMemory memory;
    private final CallSlots slots;

    Multicall(GuestMemory memory, CallSlots slots) {
        this.memory = memory;
        this.slots = slots;
    }

    void serve(Hypercalls calls) {
        calls.serve(Hypercall.MULTICALL, (vcpu, number, a0, a1, a2, a3, a4, a5) -> batch(vcpu, a0, a1, a2));
    }

    private long batch(CallingVcpu vcpu, long entries, long count, long flags) {
        if (entries % Long.BYTES != 0
                || count < 1
                || count > Limit.MULTICALL_ENTRIES
                || (flags & ~MulticallFlag.STOP_ON_ERROR) != 0) {
            return -PvError.EINVAL;
        }
        memory.writableHostAddress(entries, count * CallSlotLayout.SIZE);
        long made = 0;
        while (made < count && !vcpu.mustLeave()) {
            long result = slots.callAt(vcpu, entries + made * CallSlotLayout.SIZE, true);
            made++;
            if (result < 0 && (flags & MulticallFlag.STOP_ON_ERROR) != 0) {
                break;
            }
        }
        return made;
    }

    /** Calls that wait, stop their caller, or nest. */
    static boolean isForbidden(CallingVcpu vcpu, long number, long a0) {
        return number == Hypercall.MULTICALL
                || number == Hypercall.VCPU_POLL
                || number == Hypercall.VCPU_YIELD
                || (number == Hypercall.VCPU_STOP && VcpuCalls.meansCaller(vcpu, a0));
    }
}
