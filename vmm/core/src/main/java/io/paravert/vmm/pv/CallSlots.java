package io.paravert.vmm.pv;

import io.paravert.abi.CallPage;
import io.paravert.abi.CallSlotLayout;
import io.paravert.abi.Gpa;
import io.paravert.abi.PvError;
import io.paravert.device.GuestAddressException;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.exit.CallingVcpu;
import io.paravert.vmm.memory.GuestMemory;

/** Makes calls that lie in guest memory as a CallSlot: in a call page, or as an entry of a multicall. */
final class CallSlots {
    private final GuestMemory memory;
    private final Hypercalls hypercalls;

    CallSlots(GuestMemory memory, Hypercalls hypercalls) {
        this.memory = memory;
        this.hypercalls = hypercalls;
    }

    /** Makes the call in a slot of the vCPU's call page; an index beyond the last slot is dropped. */
    void callSlot(CallingVcpu vcpu, long index) {
        if (index < 0 || index >= CallPage.SLOTS) {
            return;
        }
        long page = Gpa.CALL_PAGES + (long) vcpu.id() * CallPage.BYTES;
        try {
            callAt(vcpu, page + index * CallSlotLayout.SIZE, false);
        } catch (GuestAddressException e) {
            // The call pages are RAM as long as the machine lives; it ends, and nobody waits for the result.
            return;
        }
    }

    /**
     * Makes the call at a guest-physical address and writes its result there. Every field is read once.
     *
     * @param inBatch whether it is an entry of a multicall, where some calls are not permitted
     * @throws GuestAddressException if it does not lie in memory
     */
    long callAt(CallingVcpu vcpu, long gpa, boolean inBatch) {
        long slot = memory.writableHostAddress(gpa, CallSlotLayout.SIZE);
        long number = RawMemory.getLong(slot + CallSlotLayout.NUMBER_OFFSET);
        long first = argument(slot, 0);
        long result = inBatch && Multicall.isForbidden(vcpu, number, first)
                ? -PvError.EINVAL
                : hypercalls.call(
                        vcpu,
                        number,
                        first,
                        argument(slot, 1),
                        argument(slot, 2),
                        argument(slot, 3),
                        argument(slot, 4),
                        argument(slot, 5));
        // Not through the host address of before: the call may have unmapped what lay there.
        memory.putLong(gpa + CallSlotLayout.RESULT_OFFSET, result);
        return result;
    }

    private static long argument(long slot, int index) {
        return RawMemory.getLong(
                slot + CallSlotLayout.ARGUMENTS_OFFSET + (long) index * CallSlotLayout.ARGUMENTS_STRIDE);
    }
}
