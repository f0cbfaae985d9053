package io.paravert.soft.translator;

import static io.paravert.soft.translator.DeferredFlags.SETTLED;

import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/** The deferred flags in locals, and what reads them. Knows at most points which kind they are. */
final class FlagEmitter implements Opcodes {
    static final int UNKNOWN = -1;

    private static final int EQUAL = 0;
    private static final int LESS = 1;
    private static final int LESS_OR_EQUAL = 2;
    private static final int[] WIDE_JUMPS = {IFEQ, IFNE, IFLT, IFGE, IFLE, IFGT};
    private static final int[] NARROW_JUMPS = {IF_ICMPEQ, IF_ICMPNE, IF_ICMPLT, IF_ICMPGE, IF_ICMPLE, IF_ICMPGT};

    private final Bytecode code;
    /** Nobody sees the flags of the operation under way: they may stay as they are. */
    boolean dead;
    /** What is known of local KIND. */
    int kind = UNKNOWN;

    FlagEmitter(Bytecode code) {
        this.code = code;
    }

    /** The flags are those of {@code newKind}; the operands are in FLAG_A and FLAG_B. */
    void set(int newKind) {
        if (kind != newKind) {
            force(newKind);
        }
    }

    void force(int newKind) {
        code.constant(newKind);
        code.storeInt(Bytecode.KIND);
        kind = newKind;
    }

    /** From local RESULT, sign-extended, and the auxiliary word on the stack. */
    void settle(int bits) {
        code.store(Bytecode.FLAG_B);
        code.load(Bytecode.RESULT);
        code.signExtend(bits);
        code.store(Bytecode.FLAG_A);
        set(SETTLED);
    }

    /** From the status word on the stack. */
    void settleStatus() {
        code.op(DUP);
        code.call("io/paravert/soft/semantics/LazyFlags", "resultOf", "(I)J");
        code.store(Bytecode.FLAG_A);
        code.call("io/paravert/soft/semantics/LazyFlags", "auxOf", "(I)J");
        code.store(Bytecode.FLAG_B);
        set(SETTLED);
    }

    private void arguments() {
        if (kind == UNKNOWN) {
            code.loadInt(Bytecode.KIND);
        } else {
            code.constant(kind);
        }
        code.load(Bytecode.FLAG_A);
        code.load(Bytecode.FLAG_B);
    }

    /** Pushes the result word. */
    void result() {
        if (kind == SETTLED) {
            code.load(Bytecode.FLAG_A);
        } else {
            arguments();
            code.call(Bytecode.FLAGS, "result", "(IJJ)J");
        }
    }

    void aux() {
        if (kind == SETTLED) {
            code.load(Bytecode.FLAG_B);
        } else {
            arguments();
            code.call(Bytecode.FLAGS, "aux", "(IJJ)J");
        }
    }

    /** Pushes CF as 0 or 1. */
    void carry() {
        aux();
        code.constant(63);
        code.op(LUSHR);
    }

    void status() {
        arguments();
        code.call(Bytecode.FLAGS, "status", "(IJJ)I");
    }

    /** From locals to the processor's state. */
    void spill() {
        code.loadRef(Bytecode.CPU);
        code.loadInt(Bytecode.KIND);
        code.load(Bytecode.FLAG_A);
        code.load(Bytecode.FLAG_B);
        code.call(Bytecode.FLAGS, "settle", "(L" + Bytecode.CPU_NAME + ";IJJ)V");
    }

    void reload() {
        code.getCpu("flagResult", "J");
        code.store(Bytecode.FLAG_A);
        code.getCpu("flagAux", "J");
        code.store(Bytecode.FLAG_B);
        force(SETTLED);
    }

    /** Jumps if condition {@code cc} holds. */
    void jumpIf(int cc, Label label) {
        boolean negated = (cc & 1) != 0;
        int bits = kind == UNKNOWN ? 64 : DeferredFlags.bits(kind);
        boolean done = switch (kind == UNKNOWN ? UNKNOWN : DeferredFlags.operation(kind)) {
            case DeferredFlags.SUB -> jumpAfterSub(cc >> 1, bits, negated, label);
            case DeferredFlags.LOGIC -> jumpAfterLogic(cc >> 1, bits, negated, label);
            case DeferredFlags.ADD -> jumpAfterAdd(cc >> 1, bits, negated, label);
            case UNKNOWN -> false;
            case SETTLED -> jumpIfSettled(cc >> 1, negated, label);
            default -> jumpByResult(cc >> 1, negated, label);
        };
        if (!done) {
            code.constant(cc);
            arguments();
            code.call(Bytecode.FLAGS, "condition", "(IIJJ)Z");
            code.jump(IFNE, label);
        }
    }

    private boolean jumpAfterSub(int condition, int bits, boolean negated, Label label) {
        switch (condition) {
            case 1 -> compare(bits, false, LESS, negated, label);
            case 2 -> compare(bits, true, EQUAL, negated, label);
            case 3 -> compare(bits, false, LESS_OR_EQUAL, negated, label);
            case 6 -> compare(bits, true, LESS, negated, label);
            case 7 -> compare(bits, true, LESS_OR_EQUAL, negated, label);
            default -> {
                return jumpByResult(condition, negated, label);
            }
        }
        return true;
    }

    private boolean jumpAfterLogic(int condition, int bits, boolean negated, Label label) {
        int relation = switch (condition) {
            case 2, 3 -> EQUAL;
            case 4, 6 -> LESS;
            case 7 -> LESS_OR_EQUAL;
            default -> -1;
        };
        if (relation < 0) {
            return false;
        }
        code.load(Bytecode.FLAG_A);
        compareWithZero(bits, relation, negated, label);
        return true;
    }

    private boolean jumpAfterAdd(int condition, int bits, boolean negated, Label label) {
        if (condition == 2 || condition == 4) {
            code.load(Bytecode.FLAG_A);
            code.load(Bytecode.FLAG_B);
            code.op(LADD);
            compareWithZero(bits, condition == 2 ? EQUAL : LESS, negated, label);
            return true;
        }
        return false;
    }

    private boolean jumpIfSettled(int condition, boolean negated, Label label) {
        if (condition == 1) {
            code.load(Bytecode.FLAG_B);
            compareWithZero(64, LESS, negated, label);
            return true;
        }
        if (condition == 2) {
            code.load(Bytecode.FLAG_A);
            compareWithZero(64, EQUAL, negated, label);
            return true;
        }
        return false;
    }

    private boolean jumpByResult(int condition, boolean negated, Label label) {
        if (condition != 2 && condition != 4) {
            return false;
        }
        result();
        compareWithZero(64, condition == 2 ? EQUAL : LESS, negated, label);
        return true;
    }

    private void compareWithZero(int bits, int relation, boolean negated, Label label) {
        if (bits == 64) {
            code.op(LCONST_0);
            code.op(LCMP);
        } else {
            narrow(bits, true);
        }
        code.jump(WIDE_JUMPS[2 * relation + (negated ? 1 : 0)], label);
    }

    private void narrow(int bits, boolean signed) {
        code.op(L2I);
        if (bits < 32) {
            if (signed) {
                code.op(bits == 8 ? I2B : I2S);
            } else {
                code.constant((1 << bits) - 1);
                code.op(IAND);
            }
        }
    }

    private void compare(int bits, boolean signed, int relation, boolean negated, Label label) {
        operand(Bytecode.FLAG_A, bits, signed);
        operand(Bytecode.FLAG_B, bits, signed);
        if (bits == 64) {
            code.op(LCMP);
            code.jump(WIDE_JUMPS[2 * relation + (negated ? 1 : 0)], label);
        } else {
            code.jump(NARROW_JUMPS[2 * relation + (negated ? 1 : 0)], label);
        }
    }

    /** Unsigned comparison is signed comparison with the top bits flipped. */
    private void operand(int local, int bits, boolean signed) {
        code.load(local);
        if (bits == 64) {
            if (!signed) {
                code.constant(Long.MIN_VALUE);
                code.op(LADD);
            }
            return;
        }
        narrow(bits, signed);
        if (bits == 32 && !signed) {
            code.constant(Integer.MIN_VALUE);
            code.op(IADD);
        }
    }
}
