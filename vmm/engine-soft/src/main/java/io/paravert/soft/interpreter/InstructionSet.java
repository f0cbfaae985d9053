package io.paravert.soft.interpreter;

import io.paravert.isa.Instruction;
import io.paravert.isa.Mnemonic;
import io.paravert.isa.RegisterClass;
import io.paravert.soft.memory.MemoryOrder;
import io.paravert.soft.state.Vector;
import io.paravert.soft.system.Cpuid;
import io.paravert.soft.vcpu.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which statement carries out which instruction. Immutable once made; vCPUs share it. */
final class InstructionSet {
    /** Goes on with the next instruction. */
    static final int FLOWS = 0;
    /** As FLOWS, but what follows may depend on what it changed: the block ends. */
    static final int ENDS = 1;
    /** Sets RIP itself, or leaves it at the next instruction. */
    static final int JUMPS = 2;

    /**
     * A statement and what it needs to be told.
     *
     * @param flow FLOWS, ENDS or JUMPS
     * @param detail condition code or the like
     */
    record Entry(Statement statement, int flow, int detail) {}

    static final Entry UNDEFINED = new Entry((core, op) -> fail(core.cpu.fault(Vector.UD)), JUMPS, 0);
    static final Entry TOO_LONG = new Entry((core, op) -> fail(core.cpu.fault(Vector.GP)), JUMPS, 0);

    private static final Entry TO_SEGMENT = new Entry(RegisterMoves::toSegment, ENDS, 0);
    private static final Entry FROM_SEGMENT = new Entry(RegisterMoves::fromSegment, FLOWS, 0);
    private static final Entry TO_CONTROL = new Entry(serializing(RegisterMoves::toControl), ENDS, 0);
    private static final Entry FROM_CONTROL = new Entry(RegisterMoves::fromControl, FLOWS, 0);
    private static final Entry TO_DEBUG = new Entry(serializing(RegisterMoves::toDebug), ENDS, 0);
    private static final Entry FROM_DEBUG = new Entry(RegisterMoves::fromDebug, FLOWS, 0);

    private static final Entry POP_SEGMENT = new Entry(StackOperations::pop, ENDS, 0);

    /**
     * What encodings mean to a processor without their feature: counts and WBNOINVD had a REP prefix that says nothing, and shadow
     * stacks and CLDEMOTE took hints (AMD APM vol. 3, TZCNT, LZCNT, WBNOINVD and NOP).
     */
    private static final Map<Mnemonic, Mnemonic> WITHOUT_FEATURE = Map.of(
            Mnemonic.TZCNT, Mnemonic.BSF,
            Mnemonic.LZCNT, Mnemonic.BSR,
            Mnemonic.WBNOINVD, Mnemonic.WBINVD,
            Mnemonic.CLDEMOTE, Mnemonic.NOP,
            Mnemonic.ENDBR64, Mnemonic.NOP,
            Mnemonic.ENDBR32, Mnemonic.NOP,
            Mnemonic.RDSSPD, Mnemonic.NOP,
            Mnemonic.RDSSPQ, Mnemonic.NOP);

    private final Cpuid cpuid;
    private static final Map<String, Mnemonic> VEX_FORMS =
            Arrays.stream(Mnemonic.values()).collect(Collectors.toMap(Mnemonic::name, Function.identity()));

    private final @Nullable Entry[] entries = new Entry[Mnemonic.values().length];
    private final @Nullable Entry[] mmx = new Entry[Mnemonic.values().length];

    InstructionSet(Cpuid cpuid) {
        this.cpuid = cpuid;
        Arithmetic.register(this);
        Multiplication.register(this);
        Bits.register(this);
        BitFields.register(this);
        Moves.register(this);
        Branches.register(this);
        StackOperations.register(this);
        Strings.register(this);
        Ports.register(this);
        RegisterMoves.register(this);
        SelectorOperations.register(this);
        SystemOperations.register(this, cpuid);
        VectorMoves.register(this);
        PackedInteger.register(this);
        PackedShuffles.register(this);
        FloatingPoint.register(this);
        FloatConversions.register(this);
        MmxOperations.register(this);
        X87Operations.register(this);
        X87Transfers.register(this);
        Crypto.register(this);
        WideVectors.register(this);
        FusedMultiply.register(this);
        StateSave.register(this, cpuid);
    }

    /** A statement that other vCPUs see this one's stores before (AMD APM vol. 2, 7.6.4). */
    static Statement serializing(Statement statement) {
        return (core, op) -> {
            MemoryOrder.drain();
            statement.execute(core, op);
        };
    }

    private static void fail(RuntimeException fault) {
        throw fault;
    }

    void add(Mnemonic mnemonic, Statement statement) {
        put(mnemonic, new Entry(statement, FLOWS, 0));
    }

    void add(Mnemonic mnemonic, Statement statement, int detail) {
        put(mnemonic, new Entry(statement, FLOWS, detail));
    }

    /** The SSE instruction and its VEX form, which differ in their operands alone. */
    void addVector(Mnemonic mnemonic, Statement statement) {
        add(mnemonic, statement);
        Mnemonic vex = VEX_FORMS.get("V" + mnemonic.name());
        if (vex != null) {
            add(vex, statement);
        }
    }

    /** The form with an MMX register of a mnemonic that SSE has too, or MMX alone. */
    void addMmx(Mnemonic mnemonic, Statement statement) {
        if (mmx[mnemonic.ordinal()] != null) {
            throw new IllegalStateException(mnemonic + " has two MMX statements");
        }
        mmx[mnemonic.ordinal()] = new Entry(statement, FLOWS, 0);
    }

    void addEnding(Mnemonic mnemonic, Statement statement) {
        put(mnemonic, new Entry(statement, ENDS, 0));
    }

    void addJump(Mnemonic mnemonic, Statement statement, int detail) {
        put(mnemonic, new Entry(statement, JUMPS, detail));
    }

    private void put(Mnemonic mnemonic, Entry entry) {
        if (entries[mnemonic.ordinal()] != null) {
            throw new IllegalStateException(mnemonic + " has two statements");
        }
        entries[mnemonic.ordinal()] = entry;
    }

    /** The entry for a decoded instruction; {@link #UNDEFINED} if this machine does not have it. */
    Entry find(Instruction in) {
        if (!cpuid.has(in.feature())) {
            Mnemonic old = WITHOUT_FEATURE.get(in.mnemonic());
            if (old != null) {
                return Objects.requireNonNull(entries[old.ordinal()]);
            }
        }
        if (!cpuid.has(in.feature()) && !isHypercall(in.mnemonic())) {
            return UNDEFINED;
        }
        if (in.mnemonic() == Mnemonic.MOV) {
            Entry special = specialMove(in.register(0).cls(), in.register(1).cls());
            if (special != null) {
                return special;
            }
        }
        if (in.mnemonic() == Mnemonic.POP && in.register(0).cls() == RegisterClass.SEGMENT) {
            return POP_SEGMENT;
        }
        Entry entry = mmx[in.mnemonic().ordinal()];
        if (entry == null || !hasMmxOperand(in)) {
            entry = entries[in.mnemonic().ordinal()];
        }
        return entry == null ? UNDEFINED : entry;
    }

    private static boolean hasMmxOperand(Instruction in) {
        for (int i = 0; i < in.operandCount(); i++) {
            if (in.register(i).cls() == RegisterClass.MMX) {
                return true;
            }
        }
        return in.operandCount() == 0;
    }

    /** Both vendors' hypercall instructions exist although their virtualization features do not. */
    private static boolean isHypercall(Mnemonic mnemonic) {
        return mnemonic == Mnemonic.VMCALL || mnemonic == Mnemonic.VMMCALL;
    }

    private static @Nullable Entry specialMove(RegisterClass to, RegisterClass from) {
        return switch (to) {
            case SEGMENT -> TO_SEGMENT;
            case CONTROL -> TO_CONTROL;
            case DEBUG -> TO_DEBUG;
            default ->
                switch (from) {
                    case SEGMENT -> FROM_SEGMENT;
                    case CONTROL -> FROM_CONTROL;
                    case DEBUG -> FROM_DEBUG;
                    default -> null;
                };
        };
    }
}
