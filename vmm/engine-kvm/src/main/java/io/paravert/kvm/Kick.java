package io.paravert.kvm;

import io.paravert.kvm.uapi.KvmRun;
import io.paravert.memory.RawMemory;

/**
 * Gets one vCPU out of KVM_RUN, or keeps it from entering. {@code immediate_exit} is set first, then the signal is sent: a
 * thread that is about to enter finds the one, a thread that is inside gets the other, so that no kick is lost in between.
 * The lock keeps a kick from being lost while the vCPU's thread clears the byte, and from writing to a page that is gone.
 */
final class Kick {
    private final long immediateExit;
    private final int thread;
    private boolean kicked;
    private boolean closed;

    /** On the vCPU's thread. */
    Kick(long run) {
        immediateExit = run + KvmRun.IMMEDIATE_EXIT;
        thread = KickSignal.prepareThread();
    }

    /** Any thread. */
    synchronized void kick() {
        if (closed || kicked) {
            return;
        }
        kicked = true;
        RawMemory.putByte(immediateExit, (byte) 1);
        RawMemory.fullFence();
        KickSignal.send(thread);
    }

    /** On the vCPU's thread, after EINTR: returns whether it was a kick, and makes the next run possible. */
    synchronized boolean consume() {
        boolean was = kicked;
        kicked = false;
        RawMemory.putByte(immediateExit, (byte) 0);
        return was;
    }

    /** On the vCPU's thread: the next KVM_RUN completes what is pending and enters no guest. */
    synchronized void holdBack() {
        RawMemory.putByte(immediateExit, (byte) 1);
    }

    /** On the vCPU's thread: undoes {@link #holdBack} but for a kick. */
    synchronized void letGo() {
        RawMemory.putByte(immediateExit, (byte) (kicked ? 1 : 0));
    }

    /** No kick does anything from now on. */
    synchronized void close() {
        closed = true;
    }
}
