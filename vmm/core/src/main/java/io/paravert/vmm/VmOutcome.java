package io.paravert.vmm;

import java.time.Duration;

/** How a virtual machine ended. */
public sealed interface VmOutcome {
    /**
     * The guest ended itself: SHUTDOWN, the debug exit port, or its last vCPU stopped.
     *
     * @param code the guest's 32-bit exit code
     * @param reboot whether it asked to be started again
     */
    record Shutdown(int code, boolean reboot) implements VmOutcome {
        /** What a process that stands for the guest returns: bits 7-0, or 1 where these are zero and the code is not. */
        public int processStatus() {
            return (code & 0xff) == 0 && code != 0 ? 1 : code & 0xff;
        }
    }

    /** The guest cannot go on: triple fault, CRASH call, or something the engine cannot execute. */
    record Crashed(CrashInfo crash) implements VmOutcome {}

    /** It ran for as long as its configuration allows. */
    record TimedOut(Duration limit) implements VmOutcome {}

    /** Its owner stopped it. */
    record Stopped() implements VmOutcome {}

    /**
     * The host's side failed: a vCPU could not be made, a device did not start.
     *
     * @param message what failed, why, and what to do; one line
     */
    record Failed(String message) implements VmOutcome {}
}
