package io.paravert.vmm.crash;

import io.paravert.device.GuestMemoryView;
import io.paravert.vmm.engine.CpuState;

/** What a vCPU was doing, told from its registers and the instruction before its instruction pointer. */
public final class Whereabouts {
    private static final int HLT = 0xf4;
    private static final long RFLAGS_IF = 1 << 9;
    /** Where a vCPU is that no one has started (AMD APM vol. 2, 14.1.3). */
    private static final long RESET_RIP = 0xfff0;

    private static final long RESET_BASE = 0xffff_0000L;

    private Whereabouts() {}

    /** A clause for a person, to follow the vCPU's name: "has halted with interrupts off at 0x100022, and nothing wakes it". */
    public static String of(GuestMemoryView memory, CpuState state) {
        if (state.rip == RESET_RIP && (state.segments[CpuState.CS].base & RESET_BASE) == RESET_BASE) {
            return "waits to be started";
        }
        boolean interruptible = (state.rflags & RFLAGS_IF) != 0;
        String at = "0x" + Long.toHexString(state.rip);
        if (hasHalted(memory, state)) {
            return interruptible
                    ? "waits for an interrupt at " + at
                    : "has halted with interrupts off at " + at + ", and nothing wakes it";
        }
        CpuMode mode = CpuMode.of(state);
        return "runs at " + at + " in " + mode.title()
                + (mode == CpuMode.REAL ? "" : ", CPL " + CpuMode.privilegeLevel(state))
                + (interruptible ? "" : ", with interrupts off");
    }

    private static boolean hasHalted(GuestMemoryView memory, CpuState state) {
        if (state.rip == 0 || CpuMode.privilegeLevel(state) != 0) {
            return false;
        }
        byte[] before = CodeListing.readable(memory, state, CpuMode.linear(state, CpuState.CS, state.rip - 1));
        return before.length > 0 && (before[0] & 0xff) == HLT;
    }
}
