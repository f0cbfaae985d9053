package io.paravert.soft.translator;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Segment;
import io.paravert.soft.vcpu.Op;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/** Repeated MOVS and STOS as {@link io.paravert.soft.memory.BulkAccess} has them, before the interpreter's statement does what is left. */
final class StringEmitter implements Opcodes {
    private static final int REGISTERS = 1 << Cpu.RCX | 1 << Cpu.RSI | 1 << Cpu.RDI;

    private final Bytecode code;
    private final OperandEmitter operands;

    StringEmitter(Bytecode code, OperandEmitter operands) {
        this.code = code;
        this.operands = operands;
    }

    static boolean isBulk(Op op) {
        boolean isRepeated = op.has(Op.REP) || op.has(Op.REPNE);
        return op.mnemonic >= 0
                && isRepeated
                && op.cut == 0
                && op.segment < Segment.FS
                && switch (IntegerEmitter.mnemonic(op)) {
                    case MOVS, STOS -> true;
                    default -> false;
                };
    }

    /** Writes the copy, and a jump to {@code done} if nothing is left. */
    void emit(Op op, Label done) {
        boolean moves = IntegerEmitter.mnemonic(op) == Mnemonic.MOVS;
        code.loadRef(Bytecode.CPU);
        code.loadRef(Bytecode.MEMORY);
        operands.register(Cpu.RDI);
        operands.register(moves ? Cpu.RSI : Cpu.RAX);
        operands.register(Cpu.RCX);
        code.constant(op.bytes());
        String name = moves ? "moveBulk" : "storeBulk";
        code.call(Bytecode.REGION, name, "(L" + Bytecode.CPU_NAME + ";L" + Bytecode.MEMORY_NAME + ";JJJI)J");
        code.store(Bytecode.RESULT);
        advance(op, Cpu.RDI);
        if (moves) {
            advance(op, Cpu.RSI);
        }
        operands.register(Cpu.RCX);
        code.load(Bytecode.RESULT);
        code.op(LSUB);
        operands.setRegister(Cpu.RCX);
        operands.register(Cpu.RCX);
        code.op(LCONST_0);
        code.op(LCMP);
        code.jump(IFEQ, done);
    }

    private void advance(Op op, int register) {
        operands.register(register);
        code.load(Bytecode.RESULT);
        code.constant(Integer.numberOfTrailingZeros(op.bytes()));
        code.op(LSHL);
        code.op(LADD);
        operands.setRegister(register);
    }

    /** Takes up what the statement has changed. */
    void reload() {
        operands.reload(REGISTERS & operands.used);
    }
}
