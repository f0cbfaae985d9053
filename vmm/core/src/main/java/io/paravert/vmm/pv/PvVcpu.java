package io.paravert.vmm.pv;

import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.GuestRegisters;
import io.paravert.vmm.exit.CallingVcpu;

/** A vCPU as the services see it. */
public interface PvVcpu extends CallingVcpu {
    /** On the vCPU's thread only. */
    GuestRegisters registers();

    /** The guest's TSC or -1; on the vCPU's thread only. */
    long readTsc();

    /** True if an interrupt waits that the guest would take at its next entry; on the vCPU's thread only. */
    boolean hasDeliverableInterrupt();

    /** True, once, if its owner kicked it since the last time; on the vCPU's thread only. */
    boolean takeKick();

    /** Starts it with this state; false if it runs. Any thread. */
    boolean start(CpuState state);

    /** Asks it to leave the guest and stop. Any thread. */
    void requestStop();

    /** True if it does not run and will not before {@link #start}. Any thread. */
    boolean isStopped();

    /** Raises an interrupt: fixed, edge-triggered. Any thread. */
    void raiseVector(int vector);

    /** Ends a HALT or a wait in a call, as an event does. Any thread. */
    void notifyEvent();
}
