package io.paravert.soft.translator;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.interpreter.Code;
import io.paravert.soft.semantics.Shift;
import io.paravert.soft.vcpu.Op;

/** Whether anybody can see the status flags that an operation leaves: a later one in its block that reads them, or a fault. */
final class DeadFlags {
    private DeadFlags() {}

    /** True if the flags after operation {@code i} are overwritten before anything can read them. */
    static boolean after(Op[] ops, int i) {
        for (int next = i + 1; next < ops.length; next++) {
            Op op = ops[next];
            if (op.mnemonic < 0 || !isPlain(op)) {
                return false;
            }
            switch (IntegerEmitter.mnemonic(op)) {
                case ADD, SUB, CMP, TEST, AND, OR, XOR, NEG -> {
                    return true;
                }
                case SHL, SHR, SAR -> {
                    if (!isShift(op)) {
                        return false;
                    }
                    return true;
                }
                case MOV, MOVZX, MOVSX, MOVSXD, LEA, NOP, NOT, BSWAP, CBW, CWDE, CDQE, CWD, CDQ, CQO, INC, DEC -> {}
                case ROL, ROR -> {
                    if (op.srcKind != Op.IMMEDIATE) {
                        return false;
                    }
                }
                default -> {
                    return false;
                }
            }
        }
        return false;
    }

    /** By a constant that is not 0: changes all flags. */
    private static boolean isShift(Op op) {
        return op.srcKind == Op.IMMEDIATE && Shift.maskCount(op.immediate, op.bits) != 0;
    }

    /** On general registers and constants alone; LEA's operand is no access. */
    private static boolean isPlain(Op op) {
        boolean memory = op.dstKind == Op.MEMORY || op.srcKind == Op.MEMORY;
        boolean other = op.dstKind == Op.OTHER || op.srcKind == Op.OTHER;
        boolean isJump = op.code >= Code.JUMP_STATEMENT && op.code < Code.MOV_RR64;
        return !isJump
                && !other
                && (!memory
                        || IntegerEmitter.mnemonic(op) == Mnemonic.LEA
                        || IntegerEmitter.mnemonic(op) == Mnemonic.NOP);
    }
}
