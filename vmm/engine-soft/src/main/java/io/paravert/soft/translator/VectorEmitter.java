package io.paravert.soft.translator;

import static io.paravert.soft.translator.Bytecode.HIGH;
import static io.paravert.soft.translator.Bytecode.LOW;
import static io.paravert.soft.translator.Bytecode.OTHER_HIGH;
import static io.paravert.soft.translator.Bytecode.OTHER_LOW;
import static io.paravert.soft.translator.Bytecode.RESULT;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Op;
import org.objectweb.asm.Opcodes;

/**
 * SSE instructions of 64-bit code as bytecode: moves and logic written out, arithmetic by the methods of {@code numeric}. As everywhere, what may
 * throw comes before the first change of a local that stands for a register.
 */
final class VectorEmitter implements Opcodes {
    private static final long LOW32 = 0xffff_ffffL;
    private static final String WITH_MXCSR = "L" + Bytecode.MXCSR_NAME + ";)";

    private final Bytecode code;
    private final OperandEmitter operands;
    final VectorRegisters registers;
    private final ConversionEmitter conversions;

    VectorEmitter(Bytecode code, OperandEmitter operands, FlagEmitter flags) {
        this.code = code;
        this.operands = operands;
        registers = new VectorRegisters(code, operands);
        conversions = new ConversionEmitter(code, operands, registers, flags);
    }

    /** Writes the instruction; false, with nothing written, if it is not one of these. */
    boolean emit(Op op) {
        if (op.mnemonic < 0 || op.has(Op.VEX) || op.has(Op.MMX) || op.has(Op.CHECKED)) {
            return false;
        }
        Mnemonic mnemonic = IntegerEmitter.mnemonic(op);
        boolean done = emit(op, mnemonic);
        registers.needed |= done;
        return done;
    }

    private boolean emit(Op op, Mnemonic mnemonic) {
        if (op.dstKind == Op.OTHER || op.srcKind == Op.OTHER) {
            return moves(op, mnemonic) || conversions.emit(op, mnemonic) || step(op, mnemonic);
        }
        return conversions.emit(op, mnemonic);
    }

    private boolean moves(Op op, Mnemonic mnemonic) {
        switch (mnemonic) {
            case MOVUPS, MOVUPD, MOVAPS, MOVAPD, MOVDQA, MOVDQU, LDDQU, MOVNTPS, MOVNTPD, MOVNTDQ, MOVNTDQA ->
                whole(op);
            case MOVQ, MOVD -> low64(op);
            case MOVSD -> scalar(op, -1L);
            case MOVSS -> scalar(op, LOW32);
            case MOVLPS, MOVLPD -> lowHalf(op);
            case MOVHPS, MOVHPD, MOVLHPS -> highHalf(op);
            case MOVHLPS -> {
                registers.high(op.src);
                registers.setLow(op.dst);
            }
            case PUNPCKLQDQ, UNPCKLPD -> {
                registers.source(op);
                code.load(LOW);
                registers.setHigh(op.dst);
            }
            case PUNPCKHQDQ, UNPCKHPD -> {
                registers.source(op);
                registers.high(op.dst);
                registers.setLow(op.dst);
                code.load(HIGH);
                registers.setHigh(op.dst);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void whole(Op op) {
        if (op.dstKind == Op.MEMORY) {
            registers.low(op.src);
            code.store(LOW);
            registers.high(op.src);
            code.store(HIGH);
            registers.store(op);
            return;
        }
        registers.source(op);
        code.load(LOW);
        registers.setLow(op.dst);
        code.load(HIGH);
        registers.setHigh(op.dst);
    }

    /** MOVD and MOVQ in all directions: 32 or 64 bits, zero-extended. */
    private void low64(Op op) {
        if (op.dstKind == Op.OTHER) {
            if (op.srcKind == Op.OTHER) {
                registers.low(op.src);
            } else {
                operands.exactSource(op);
            }
            registers.setLow(op.dst);
            code.op(LCONST_0);
            registers.setHigh(op.dst);
            return;
        }
        registers.low(op.src);
        code.store(RESULT);
        operands.write(op, RESULT);
    }

    /** From memory the rest is cleared; between registers it stays. */
    private void scalar(Op op, long mask) {
        if (op.dstKind == Op.MEMORY) {
            registers.low(op.src);
            code.store(RESULT);
            operands.write(op, RESULT);
        } else if (op.srcKind == Op.MEMORY) {
            operands.source(op);
            registers.setLow(op.dst);
            code.op(LCONST_0);
            registers.setHigh(op.dst);
        } else {
            registers.low(op.src);
            mergeLow(op, mask);
        }
    }

    /** Pops a long into the bits of {@code mask} of the destination's low word. */
    private void mergeLow(Op op, long mask) {
        if (mask != -1L) {
            code.constant(mask);
            code.op(LAND);
            registers.low(op.dst);
            code.constant(~mask);
            code.op(LAND);
            code.op(LOR);
        }
        registers.setLow(op.dst);
    }

    private void lowHalf(Op op) {
        if (op.dstKind == Op.MEMORY) {
            registers.low(op.src);
            code.store(RESULT);
            operands.write(op, RESULT);
        } else {
            registers.lowSource(op);
            registers.setLow(op.dst);
        }
    }

    private void highHalf(Op op) {
        if (op.dstKind == Op.MEMORY) {
            registers.high(op.src);
            code.store(RESULT);
            operands.write(op, RESULT);
        } else {
            registers.lowSource(op);
            registers.setHigh(op.dst);
        }
    }

    private boolean step(Op op, Mnemonic mnemonic) {
        VectorStep step = VectorStep.of(mnemonic);
        if (step == null || op.dstKind != Op.OTHER) {
            return false;
        }
        switch (step.shape()) {
            case WORD -> words(op, step);
            case COUNT -> count(op, step);
            case LANE, LANE_IMMEDIATE -> lane(op, step);
            case FLOAT, FLOAT_UNARY -> floats(op, step);
            case DOUBLE -> lowDouble(op, step);
            case DOUBLE_STEP, ROOT -> doubleStep(op, step);
            case DOUBLE_STEPS -> doubleSteps(op, step);
            case SINGLE, SINGLE_UNARY -> lowSingle(op, step);
        }
        return true;
    }

    private void words(Op op, VectorStep step) {
        registers.source(op);
        registers.low(op.dst);
        code.load(LOW);
        code.call(step.owner(), step.name(), "(JJ)J");
        registers.setLow(op.dst);
        registers.high(op.dst);
        code.load(HIGH);
        code.call(step.owner(), step.name(), "(JJ)J");
        registers.setHigh(op.dst);
    }

    private void count(Op op, VectorStep step) {
        if (op.detail != 0) {
            code.constant(op.immediate & 0xff);
            code.store(LOW);
        } else {
            registers.source(op);
        }
        registers.low(op.dst);
        code.load(LOW);
        code.call(step.owner(), step.name(), "(JJ)J");
        registers.setLow(op.dst);
        registers.high(op.dst);
        code.load(LOW);
        code.call(step.owner(), step.name(), "(JJ)J");
        registers.setHigh(op.dst);
    }

    /** By way of the processor's array. */
    private void lane(Op op, VectorStep step) {
        int source = op.srcKind == Op.NONE ? op.dst : op.src;
        registers.toArray(op.dst);
        if (op.srcKind == Op.MEMORY) {
            registers.source(op);
            word(source, LOW);
            word(source + 1, HIGH);
        } else if (source != op.dst) {
            registers.toArray(source);
        }
        registers.array();
        code.constant((int) op.dst);
        registers.array();
        code.constant((int) op.dst);
        registers.array();
        code.constant(source);
        if (step.shape() == VectorStep.Shape.LANE_IMMEDIATE) {
            code.constant((int) op.immediate & 0xff);
            code.call(step.owner(), step.name(), "([JI[JI[JII)V");
        } else {
            code.call(step.owner(), step.name(), "([JI[JI[JI)V");
        }
        registers.fromArray(op.dst);
        // From the array to the local is no write yet.
        registers.written |= 1 << op.dst / Cpu.VECTOR_WORDS;
    }

    private void word(int index, int local) {
        registers.array();
        code.constant(index);
        code.load(local);
        code.op(LASTORE);
    }

    private void floats(Op op, VectorStep step) {
        registers.source(op);
        boolean unary = step.shape() == VectorStep.Shape.FLOAT_UNARY;
        conversions.begin();
        if (!unary) {
            registers.low(op.dst);
        }
        code.load(LOW);
        call(step, unary ? "(J" : "(JJ", "J");
        code.store(OTHER_LOW);
        if (!unary) {
            registers.high(op.dst);
        }
        code.load(HIGH);
        call(step, unary ? "(J" : "(JJ", "J");
        code.store(OTHER_HIGH);
        conversions.commit();
        code.load(OTHER_LOW);
        registers.setLow(op.dst);
        code.load(OTHER_HIGH);
        registers.setHigh(op.dst);
    }

    private void call(VectorStep step, String arguments, String result) {
        code.loadRef(Bytecode.MXCSR);
        code.call(step.owner(), step.name(), arguments + WITH_MXCSR + result);
    }

    /** The step on two locals, to a third; leaves the region if it is not usual. */
    private void plainStep(VectorStep step, int b, int result) {
        code.store(Bytecode.A);
        code.load(Bytecode.A);
        code.load(b);
        String name = step.name();
        String operation = Character.toUpperCase(name.charAt(0)) + name.substring(1);
        code.call(step.owner(), "plain" + operation, "(JJ)J");
        code.store(result);
        code.loadRef(Bytecode.MXCSR);
        code.load(Bytecode.A);
        code.load(b);
        code.load(result);
        code.call(step.owner(), "isUsual" + operation, "(L" + Bytecode.MXCSR_NAME + ";JJJ)Z");
        code.jump(IFEQ, operands.windows.missed);
    }

    private void plainStep(Op op, VectorStep step) {
        registers.lowSource(op);
        code.store(LOW);
        if (step.shape() == VectorStep.Shape.ROOT) {
            code.load(LOW);
        } else {
            registers.low(op.dst);
        }
        plainStep(step, LOW, RESULT);
        code.load(RESULT);
        registers.setLow(op.dst);
    }

    private void plainSteps(Op op, VectorStep step) {
        registers.source(op);
        registers.low(op.dst);
        plainStep(step, LOW, OTHER_LOW);
        registers.high(op.dst);
        plainStep(step, HIGH, OTHER_HIGH);
        code.load(OTHER_LOW);
        registers.setLow(op.dst);
        code.load(OTHER_HIGH);
        registers.setHigh(op.dst);
    }

    private void doubleStep(Op op, VectorStep step) {
        if (operands.windows.leaves()) {
            plainStep(op, step);
            return;
        }
        boolean unary = step.shape() == VectorStep.Shape.ROOT;
        if (op.srcKind == Op.MEMORY && !unary) {
            registers.lowSource(op);
            code.store(LOW);
            registers.low(op.dst);
            code.load(LOW);
        } else {
            if (!unary) {
                registers.low(op.dst);
            }
            registers.lowSource(op);
        }
        callStep(step, step.name(), unary ? "(J" : "(JJ");
        registers.setLow(op.dst);
    }

    private void doubleSteps(Op op, VectorStep step) {
        if (operands.windows.leaves()) {
            plainSteps(op, step);
            return;
        }
        registers.source(op);
        registers.low(op.dst);
        code.load(LOW);
        registers.high(op.dst);
        code.load(HIGH);
        callStep(step, step.name() + "Low", "(JJJJ");
        code.store(OTHER_LOW);
        registers.high(op.dst);
        code.load(HIGH);
        callStep(step, step.name(), "(JJ");
        registers.setHigh(op.dst);
        code.load(OTHER_LOW);
        registers.setLow(op.dst);
    }

    private void callStep(VectorStep step, String name, String arguments) {
        code.loadRef(Bytecode.MXCSR);
        code.loadRef(Bytecode.CPU);
        code.call(step.owner(), name, arguments + "L" + Bytecode.MXCSR_NAME + ";L" + Bytecode.CPU_NAME + ";)J");
    }

    private void lowDouble(Op op, VectorStep step) {
        registers.lowSource(op);
        code.store(LOW);
        conversions.begin();
        registers.low(op.dst);
        code.load(LOW);
        call(step, "(JJ", "J");
        code.store(RESULT);
        conversions.commit();
        code.load(RESULT);
        registers.setLow(op.dst);
    }

    private void lowSingle(Op op, VectorStep step) {
        registers.lowSource(op);
        code.store(LOW);
        boolean unary = step.shape() == VectorStep.Shape.SINGLE_UNARY;
        conversions.begin();
        if (!unary) {
            registers.low(op.dst);
            code.op(L2I);
        }
        code.load(LOW);
        code.op(L2I);
        call(step, unary ? "(I" : "(II", "I");
        code.op(I2L);
        code.store(RESULT);
        conversions.commit();
        code.load(RESULT);
        mergeLow(op, LOW32);
    }
}
