package io.paravert.vmm;

/** The life of a vCPU. Its thread lives as long as the machine; {@link #STOPPED} vCPUs can be started again by the guest. */
public enum VcpuState {
    /** Waits for the guest to start it. -> RUNNING, ENDED */
    CREATED,
    /** In the guest, serving an exit, or waiting for an event. -> PAUSED, STOPPED, ENDED, FAILED */
    RUNNING,
    /** Out of the guest until its owner resumes the machine. -> the state before, ENDED */
    PAUSED,
    /** Stopped by the guest. -> RUNNING, ENDED */
    STOPPED,
    /** Its thread has left, in order. */
    ENDED,
    /** Its thread has left because the guest crashed on it or its engine failed. */
    FAILED
}
