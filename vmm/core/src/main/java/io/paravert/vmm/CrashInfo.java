package io.paravert.vmm;

import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.exit.ExitRecord;
import java.util.List;

/**
 * What is known of a crash. The guest's memory stays as it was until {@link Vm#close}, so that a report can look at code,
 * stack and page tables.
 *
 * @param vcpu which vCPU crashed, from 0
 * @param message what the guest or the engine said, one line; may be empty
 * @param state registers of that vCPU at the crash
 * @param lastExits its last exits, the oldest first
 */
public record CrashInfo(Cause cause, int vcpu, String message, CpuState state, List<ExitRecord> lastExits) {
    public CrashInfo {
        lastExits = List.copyOf(lastExits);
    }

    public enum Cause {
        TRIPLE_FAULT("triple fault"),
        GUEST_REQUEST("the guest reported a crash"),
        HALTED("every vCPU halted with interrupts off, and nothing can wake them"),
        ENGINE("the engine cannot go on with this guest");

        private final String text;

        Cause(String text) {
            this.text = text;
        }

        /** For a person, in lower case. */
        public String text() {
            return text;
        }
    }
}
