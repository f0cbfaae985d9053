package io.paravert.soft.translator;

import static io.paravert.soft.translator.Bytecode.A;
import static io.paravert.soft.translator.Bytecode.B;
import static io.paravert.soft.translator.Bytecode.FLAGS;
import static io.paravert.soft.translator.Bytecode.FLAG_A;
import static io.paravert.soft.translator.Bytecode.FLAG_B;
import static io.paravert.soft.translator.Bytecode.RESULT;
import static io.paravert.soft.translator.Bytecode.STATUS;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.semantics.Shift;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Op;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/** Shifts, rotates and bit tests of registers and memory. Local STATUS holds a count that is not constant. */
final class ShiftEmitter implements Opcodes {
    private final Bytecode code;
    private final OperandEmitter operands;
    private final FlagEmitter flags;

    ShiftEmitter(Bytecode code, OperandEmitter operands, FlagEmitter flags) {
        this.code = code;
        this.operands = operands;
        this.flags = flags;
    }

    boolean emit(Op op) {
        Mnemonic mnemonic = IntegerEmitter.mnemonic(op);
        switch (mnemonic) {
            case SHL -> shift(op, DeferredFlags.SHL);
            case SHR -> shift(op, DeferredFlags.SHR);
            case SAR -> shift(op, DeferredFlags.SAR);
            case ROL -> {
                return rotate(op, "rotateLeft", "rolAux");
            }
            case ROR -> {
                return rotate(op, "rotateRight", "rorAux");
            }
            case BT, BTS, BTR, BTC -> {
                return bitTest(op, mnemonic);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean isConstant(Op op) {
        return op.srcKind == Op.IMMEDIATE;
    }

    /** Leaves the masked count in STATUS if it is CL; returns it if it is constant. */
    private int prepareCount(Op op) {
        if (isConstant(op)) {
            return Shift.maskCount(op.immediate, op.bits);
        }
        operands.register(Cpu.RCX);
        code.constant(op.bits);
        code.call("io/paravert/soft/semantics/Shift", "maskCount", "(JI)I");
        code.storeInt(STATUS);
        return -1;
    }

    private void pushCount(int constant) {
        if (constant >= 0) {
            code.constant(constant);
        } else {
            code.loadInt(STATUS);
        }
    }

    private void shift(Op op, int operation) {
        int count = prepareCount(op);
        operands.targetForUpdate(op);
        code.zeroExtend(op.bits);
        code.store(A);
        code.load(A);
        if (operation == DeferredFlags.SAR) {
            code.signExtend(op.bits);
        }
        pushCount(count);
        code.op(operation == DeferredFlags.SHL ? LSHL : operation == DeferredFlags.SHR ? LUSHR : LSHR);
        code.zeroExtend(op.bits);
        code.store(RESULT);
        operands.updateMemory(op, RESULT);
        if (count != 0 && !flags.dead) {
            shiftFlags(count, DeferredFlags.kind(operation, op.bits));
        }
        operands.updateRegister(op, RESULT);
    }

    private void shiftFlags(int count, int kind) {
        Label unchanged = new Label();
        if (count < 0) {
            code.loadInt(STATUS);
            code.jump(IFEQ, unchanged);
        }
        int before = flags.kind;
        code.load(A);
        code.store(FLAG_A);
        pushCount(count);
        code.op(I2L);
        code.store(FLAG_B);
        flags.set(kind);
        if (count < 0) {
            code.label(unchanged);
            flags.kind = before == kind ? kind : FlagEmitter.UNKNOWN;
        }
    }

    private boolean rotate(Op op, String name, String aux) {
        if (op.bits < 32) {
            return false;
        }
        int count = prepareCount(op);
        operands.targetForUpdate(op);
        code.store(A);
        code.load(A);
        if (op.bits == 64) {
            pushCount(count);
            code.call("java/lang/Long", name, "(JI)J");
        } else {
            code.op(L2I);
            pushCount(count);
            code.call("java/lang/Integer", name, "(II)I");
            code.op(I2L);
            code.zeroExtend(32);
        }
        code.store(RESULT);
        operands.updateMemory(op, RESULT);
        if (count != 0 && !flags.dead) {
            flags.result();
            code.store(B);
            flags.aux();
            code.load(RESULT);
            pushCount(count);
            code.constant(op.bits);
            code.call(FLAGS, aux, "(JJII)J");
            code.store(FLAG_B);
            code.load(B);
            code.store(FLAG_A);
            flags.set(DeferredFlags.SETTLED);
        }
        operands.updateRegister(op, RESULT);
        return true;
    }

    /** Of registers, and of memory where the bit's number is a constant. */
    private boolean bitTest(Op op, Mnemonic mnemonic) {
        if (op.dstKind == Op.MEMORY && !isConstant(op)) {
            return false;
        }
        if (isConstant(op)) {
            code.constant((int) op.immediate & op.bits - 1);
        } else {
            operands.register(op.src);
            code.op(L2I);
            code.constant(op.bits - 1);
            code.op(IAND);
        }
        code.storeInt(STATUS);
        if (mnemonic == Mnemonic.BT) {
            operands.target(op);
        } else {
            operands.targetForUpdate(op);
        }
        code.store(A);
        if (mnemonic != Mnemonic.BT) {
            change(mnemonic);
            operands.updateMemory(op, RESULT);
        }
        flags.result();
        code.store(B);
        flags.aux();
        code.load(A);
        code.loadInt(STATUS);
        code.op(LUSHR);
        code.call(FLAGS, "withCarry", "(JJ)J");
        code.store(FLAG_B);
        code.load(B);
        code.store(FLAG_A);
        flags.set(DeferredFlags.SETTLED);
        if (mnemonic != Mnemonic.BT) {
            operands.updateRegister(op, RESULT);
        }
        return true;
    }

    private void change(Mnemonic mnemonic) {
        code.load(A);
        code.op(LCONST_1);
        code.loadInt(STATUS);
        code.op(LSHL);
        switch (mnemonic) {
            case BTS -> code.op(LOR);
            case BTC -> code.op(LXOR);
            default -> {
                code.constant(-1L);
                code.op(LXOR);
                code.op(LAND);
            }
        }
        code.store(RESULT);
    }
}
