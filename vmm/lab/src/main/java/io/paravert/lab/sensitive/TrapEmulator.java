package io.paravert.lab.sensitive;

import io.paravert.isa.Instruction;
import io.paravert.isa.Mnemonic;
import io.paravert.isa.OperandKind;
import io.paravert.isa.Register;
import io.paravert.isa.RegisterClass;
import io.paravert.memory.RawMemory;
import io.paravert.vmm.engine.CpuState;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.VcpuExit;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The trap-and-emulate half of a monitor: a virtual processor's privileged state, and what each instruction that trapped does to it.
 * It knows the forms that {@link KernelProgram} uses and says so of any other. One thread.
 */
final class TrapEmulator {
    private static final int INTERRUPT_FLAG = 0x200;
    private static final int KEPT_FLAGS = 0xcd5;
    private static final int TS = 8;
    private static final int EFER = 0xc000_0080;
    private static final int RSP = 4;

    /** Sensitive instructions that have no operands worth telling apart. */
    private static final Map<Mnemonic, String> NAMES = new EnumMap<>(Map.ofEntries(
            Map.entry(Mnemonic.HLT, "HLT"),
            Map.entry(Mnemonic.CLI, "CLI"),
            Map.entry(Mnemonic.STI, "STI"),
            Map.entry(Mnemonic.CLTS, "CLTS"),
            Map.entry(Mnemonic.LGDT, "LGDT"),
            Map.entry(Mnemonic.LIDT, "LIDT"),
            Map.entry(Mnemonic.LLDT, "LLDT"),
            Map.entry(Mnemonic.LTR, "LTR"),
            Map.entry(Mnemonic.INVLPG, "INVLPG"),
            Map.entry(Mnemonic.WBINVD, "WBINVD"),
            Map.entry(Mnemonic.RDMSR, "RDMSR"),
            Map.entry(Mnemonic.WRMSR, "WRMSR"),
            Map.entry(Mnemonic.SWAPGS, "SWAPGS"),
            Map.entry(Mnemonic.IN, "IN"),
            Map.entry(Mnemonic.OUT, "OUT"),
            Map.entry(Mnemonic.PUSHF, "PUSHF"),
            Map.entry(Mnemonic.POPF, "POPF"),
            Map.entry(Mnemonic.SGDT, "SGDT"),
            Map.entry(Mnemonic.SIDT, "SIDT"),
            Map.entry(Mnemonic.SLDT, "SLDT"),
            Map.entry(Mnemonic.STR, "STR"),
            Map.entry(Mnemonic.SMSW, "SMSW"),
            Map.entry(Mnemonic.LAR, "LAR"),
            Map.entry(Mnemonic.LSL, "LSL"),
            Map.entry(Mnemonic.VERR, "VERR"),
            Map.entry(Mnemonic.VERW, "VERW"),
            Map.entry(Mnemonic.RETF, "RET far"),
            Map.entry(Mnemonic.IRET, "IRET"),
            Map.entry(Mnemonic.CPUID, "CPUID"),
            Map.entry(Mnemonic.RDTSC, "RDTSC")));

    private final long memory;
    private final long bytes;
    private final int ring;

    private final long[] control = new long[9];
    private final Map<Integer, Long> msrs = new HashMap<>();
    private final StringBuilder line = new StringBuilder();
    private long debugControl;
    private boolean interruptsOn;
    private boolean halted;

    TrapEmulator(long memory, long bytes, int ring) {
        this.memory = memory;
        this.bytes = bytes;
        this.ring = ring;
    }

    /** The virtual processor begins with what the kernel would find in ring 0. */
    void reset(CpuState state) {
        control[0] = state.cr0;
        control[3] = state.cr3;
        control[4] = state.cr4;
        control[8] = state.cr8;
        msrs.put(EFER, state.efer);
        debugControl = 0x400;
    }

    /** The name of a sensitive instruction as the table has it; empty for any other. */
    static Optional<String> sensitiveName(Instruction in) {
        String name = NAMES.get(in.mnemonic());
        if (name != null) {
            return Optional.of(name);
        }
        return switch (in.mnemonic()) {
            case MOV -> {
                String to = special(in.register(0));
                String from = special(in.register(1));
                yield !to.isEmpty()
                        ? Optional.of("MOV " + to + ", r")
                        : !from.isEmpty() ? Optional.of("MOV r, " + from) : Optional.empty();
            }
            case PUSH -> in.register(0).cls() == RegisterClass.SEGMENT ? Optional.of("PUSH Sreg") : Optional.empty();
            case POP -> in.register(0).cls() == RegisterClass.SEGMENT ? Optional.of("POP Sreg") : Optional.empty();
            case CALL_FAR -> Optional.of("CALL far");
            case JMP_FAR -> Optional.of("JMP far");
            default -> Optional.empty();
        };
    }

    private static String special(Register register) {
        return switch (register.cls()) {
            case CONTROL -> "CR";
            case DEBUG -> "DR";
            case SEGMENT -> "Sreg";
            default -> "";
        };
    }

    boolean halted() {
        return halted;
    }

    void halt() {
        halted = true;
    }

    boolean interruptsOn() {
        return interruptsOn;
    }

    String said() {
        return line.toString();
    }

    /** An access to a port that left the machine, the kernel having the right to it. */
    void port(VcpuExit exit, CpuState state, boolean on) {
        if (exit.reason() == ExitReason.PORT_READ) {
            RawMemory.putByte(exit.dataAddress(), (byte) (on ? 1 : 0));
        } else {
            line.append((char) (RawMemory.getByte(exit.dataAddress()) & 0xff));
        }
    }

    /** Carries out what trapped: {@code state} is as before the instruction, and afterwards as behind it. */
    void emulate(Instruction in, CpuState state) {
        long next = state.rip + in.length();
        long[] r = state.general;
        switch (in.mnemonic()) {
            case HLT -> halted = true;
            case CLI -> interruptsOn = false;
            case STI -> interruptsOn = true;
            case CLTS -> control[0] &= ~TS;
            case MOV -> move(in, state);
            case RDMSR -> {
                long value = msrs.getOrDefault((int) r[1], 0L);
                r[0] = value & 0xffff_ffffL;
                r[2] = value >>> 32;
            }
            case WRMSR -> msrs.put((int) r[1], r[0] & 0xffff_ffffL | r[2] << 32);
            case IN -> r[0] = r[0] & ~0xffL | (interruptsOn ? 1 : 0);
            case OUT -> line.append((char) (r[0] & 0xff));
            case RETF -> {
                next = pop(state);
                pop(state);
            }
            case IRET -> next = returnFromInterrupt(state);
            case LGDT, LIDT, LLDT, LTR, INVLPG, WBINVD, SWAPGS -> {
                // The kernel's tables are shadowed already, and nothing of the rest shows in this kernel.
            }
            default ->
                throw new EngineException(
                        "the kernel trapped at 0x" + Long.toHexString(state.rip) + " with " + in, "emulate it");
        }
        state.rip = next;
    }

    private void move(Instruction in, CpuState state) {
        Register to = in.register(0);
        Register from = in.register(1);
        if (in.kind(0) != OperandKind.REGISTER || in.kind(1) != OperandKind.REGISTER) {
            throw new EngineException("the kernel trapped with " + in, "emulate it");
        }
        if (to.cls() == RegisterClass.CONTROL) {
            control[to.number()] = state.general[from.number()];
        } else if (from.cls() == RegisterClass.CONTROL) {
            state.general[to.number()] = control[from.number()];
        } else if (from.cls() == RegisterClass.DEBUG) {
            state.general[to.number()] = debugControl;
        } else {
            // A selector for ring 0: the same segment as the kernel really has it.
            int selector = (int) state.general[from.number()] & 0xfffc | ring;
            state.segments[to.number()].set(selector, 0, -1, 0xc93 | ring << 5);
        }
    }

    private long pop(CpuState state) {
        long at = state.general[RSP];
        if (at < 0 || at > bytes - 8) {
            throw new EngineException("the kernel's stack pointer is 0x" + Long.toHexString(at), "");
        }
        state.general[RSP] = at + 8;
        return RawMemory.getLong(memory + at);
    }

    private long returnFromInterrupt(CpuState state) {
        long rip = pop(state);
        pop(state);
        long flags = pop(state);
        long rsp = pop(state);
        interruptsOn = (flags & INTERRUPT_FLAG) != 0;
        state.rflags = flags & KEPT_FLAGS | INTERRUPT_FLAG | 2;
        state.general[RSP] = rsp;
        return rip;
    }
}
