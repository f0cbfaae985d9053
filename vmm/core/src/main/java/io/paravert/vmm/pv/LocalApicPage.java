package io.paravert.vmm.pv;

import io.paravert.vmm.exit.AccessServer;
import io.paravert.vmm.exit.CallingVcpu;
import io.paravert.vmm.exit.Claim;
import io.paravert.vmm.exit.ClaimKind;
import io.paravert.vmm.exit.ClaimOwner;

/**
 * What a para-virtual guest sees of a local APIC in a machine whose interrupts the monitor injects: enough that the handler
 * of an event can write EOI, as the ABI tells it to, and read its own id. Vectors are fixed and edge-triggered and end with
 * their injection, so that EOI has nothing left to do (AMD APM vol. 2, 16.3 and 16.6).
 */
final class LocalApicPage implements AccessServer {
    private static final long BASE = 0xfee0_0000L;
    private static final long BYTES = 0x1000;
    private static final long ID = 0x20;
    private static final long VERSION = 0x30;
    private static final int ID_SHIFT = 24;
    /** Version 0x14, six local vectors. */
    private static final long VERSION_VALUE = 0x0005_0014;

    static Claim claim(int vcpus) {
        ClaimOwner owner = new ClaimOwner("local-apic");
        return Claim.ofAccesses(ClaimKind.MMIO, BASE, BYTES, owner, true, new LocalApicPage(), vcpus);
    }

    @Override
    public long read(CallingVcpu vcpu, long offset, int size) {
        if (offset == ID) {
            return (long) vcpu.id() << ID_SHIFT;
        }
        return offset == VERSION ? VERSION_VALUE : 0;
    }

    @Override
    public void write(CallingVcpu vcpu, long offset, int size, long value) {
        // Nothing that is kept here depends on what the guest writes.
    }
}
