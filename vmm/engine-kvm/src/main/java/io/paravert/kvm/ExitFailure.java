package io.paravert.kvm;

import io.paravert.kvm.uapi.KvmRun;
import io.paravert.memory.RawMemory;

/** Says in one line why KVM gave a vCPU up. Pure functions over {@code kvm_run}. */
final class ExitFailure {
    private static final int MAX_INSTRUCTION = 15;
    private static final int MAX_DATA = 16;

    private ExitFailure() {}

    static String describe(long run, long rip) {
        int reason = RawMemory.getInt(run + KvmRun.EXIT_REASON);
        String at = " at rip " + hex(rip);
        return switch (reason) {
            case KvmRun.Exit.INTERNAL_ERROR -> internalError(run, at);
            case KvmRun.Exit.FAIL_ENTRY ->
                "the processor refused to enter the guest" + at + ": hardware reason "
                        + hex(RawMemory.getLong(run + KvmRun.ENTRY_FAILURE_REASON))
                        + entryReason(RawMemory.getLong(run + KvmRun.ENTRY_FAILURE_REASON));
            case KvmRun.Exit.UNKNOWN ->
                "the processor left the guest" + at + " for a reason that KVM does not know: hardware reason "
                        + hex(RawMemory.getLong(run + KvmRun.HARDWARE_EXIT_REASON));
            case KvmRun.Exit.EXCEPTION ->
                "KVM could not deliver exception " + RawMemory.getInt(run + KvmRun.EXCEPTION_VECTOR) + at;
            case KvmRun.Exit.SYSTEM_EVENT -> systemEvent(RawMemory.getInt(run + KvmRun.SYSTEM_EVENT_TYPE), at);
            default -> "KVM left the guest" + at + " with exit reason " + reason + ", which the engine does not serve";
        };
    }

    private static String internalError(long run, String at) {
        int suberror = RawMemory.getInt(run + KvmRun.INTERNAL_SUBERROR);
        return switch (suberror) {
            case KvmRun.KvmInternalError.EMULATION -> "KVM cannot emulate the instruction" + at + instruction(run);
            case KvmRun.KvmInternalError.SIMUL_EX ->
                "exceptions piled up" + at + " in a way that KVM cannot untangle" + data(run);
            case KvmRun.KvmInternalError.DELIVERY_EV ->
                "delivering an interrupt or exception" + at + " touched memory that is not there" + data(run);
            case KvmRun.KvmInternalError.UNEXPECTED_EXIT_REASON ->
                "KVM met an exit of the processor" + at + " that it does not expect" + data(run);
            default -> "KVM's internal error " + suberror + at + data(run);
        };
    }

    private static String instruction(long run) {
        int words = RawMemory.getInt(run + KvmRun.INTERNAL_NDATA);
        if (words < 2
                || (RawMemory.getLong(run + KvmRun.EMULATION_FLAGS) & KvmRun.KvmInternalError.FLAG_INSTRUCTION_BYTES)
                        == 0) {
            return "";
        }
        int size = Math.min(RawMemory.getByte(run + KvmRun.EMULATION_INSN_SIZE) & 0xff, MAX_INSTRUCTION);
        StringBuilder text = new StringBuilder(": bytes");
        for (int i = 0; i < size; i++) {
            int b = RawMemory.getByte(run + KvmRun.EMULATION_INSN_BYTES + i) & 0xff;
            text.append(b < 16 ? " 0" : " ").append(Integer.toHexString(b));
        }
        return size == 0 ? "" : text.toString();
    }

    private static String data(long run) {
        int words = Math.min(RawMemory.getInt(run + KvmRun.INTERNAL_NDATA), MAX_DATA);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append(i == 0 ? ": " : " ").append(hex(RawMemory.getLong(run + KvmRun.INTERNAL_DATA + 8L * i)));
        }
        return text.toString();
    }

    /** VMX basic exit reasons with bit 31, entry failure (Intel SDM vol. 3, 27.8); SVM's VMEXIT_INVALID is -1. */
    private static String entryReason(long reason) {
        if (reason == -1 || reason == 0xffff_ffffL) {
            return " (SVM: invalid guest state)";
        }
        if ((reason & 0x8000_0000L) == 0) {
            return "";
        }
        return switch ((int) reason & 0xffff) {
            case 33 -> " (VMX: invalid guest state)";
            case 34 -> " (VMX: an MSR could not be loaded)";
            case 41 -> " (VMX: machine check)";
            default -> "";
        };
    }

    private static String systemEvent(int type, String at) {
        return switch (type) {
            case 1 -> "the guest asked KVM for a shutdown" + at;
            case 2 -> "the guest asked KVM for a reset" + at;
            case 3 -> "the guest told KVM of its crash" + at;
            default -> "system event " + type + at;
        };
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
