package io.paravert.soft.translator;

import static io.paravert.soft.translator.Bytecode.LOW;
import static io.paravert.soft.translator.Bytecode.RESULT;
import static io.paravert.soft.translator.Bytecode.STATUS;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.vcpu.Op;
import org.objectweb.asm.Opcodes;

/** SSE conversions, comparisons into flags, and masks of signs; and the frame of exceptions around arithmetic. */
final class ConversionEmitter implements Opcodes {
    private static final long LOW32 = 0xffff_ffffL;
    private static final String MXCSR = "L" + Bytecode.MXCSR_NAME + ";";
    private static final String CONVERT = "io/paravert/soft/numeric/fp/Convert";
    private static final String COMPARE = "io/paravert/soft/numeric/fp/Compare";
    private static final String BLEND = "io/paravert/soft/numeric/simd/Blend";

    private final Bytecode code;
    private final OperandEmitter operands;
    private final VectorRegisters registers;
    private final FlagEmitter flags;

    ConversionEmitter(Bytecode code, OperandEmitter operands, VectorRegisters registers, FlagEmitter flags) {
        this.code = code;
        this.operands = operands;
        this.registers = registers;
        this.flags = flags;
    }

    /** Begins an instruction that may raise floating-point exceptions. */
    void begin() {
        code.loadRef(Bytecode.MXCSR);
        code.callVirtual(Bytecode.MXCSR_NAME, "begin", "()V");
    }

    /** Makes what was raised sticky, or throws. */
    void commit() {
        code.loadRef(Bytecode.CPU);
        code.loadRef(Bytecode.MXCSR);
        code.call(Bytecode.REGION, "commit", "(L" + Bytecode.CPU_NAME + ";" + MXCSR + ")V");
    }

    boolean emit(Op op, Mnemonic mnemonic) {
        switch (mnemonic) {
            case UCOMISD -> compare(op, "comisd", false, false);
            case COMISD -> compare(op, "comisd", true, false);
            case UCOMISS -> compare(op, "comiss", false, true);
            case COMISS -> compare(op, "comiss", true, true);
            case CVTSI2SD -> fromInteger(op, "cvtsi2sd", "J");
            case CVTSI2SS -> fromInteger(op, "cvtsi2ss", "I");
            case CVTTSD2SI -> toInteger(op, "cvtsd2si", true, false);
            case CVTSD2SI -> toInteger(op, "cvtsd2si", false, false);
            case CVTTSS2SI -> toInteger(op, "cvtss2si", true, true);
            case CVTSS2SI -> toInteger(op, "cvtss2si", false, true);
            case CVTSS2SD -> between(op, "cvtss2sd", "(I", "J", true);
            case CVTSD2SS -> between(op, "cvtsd2ss", "(J", "I", false);
            case PMOVMSKB -> signs(op, "pmovmskb", 8);
            case MOVMSKPS -> signs(op, "movmskps", 2);
            case MOVMSKPD -> signs(op, "movmskpd", 1);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void narrow(boolean isSingle) {
        if (isSingle) {
            code.op(L2I);
        }
    }

    private void compare(Op op, String name, boolean signalling, boolean isSingle) {
        registers.lowSource(op);
        code.store(LOW);
        begin();
        registers.low(op.dst);
        narrow(isSingle);
        code.load(LOW);
        narrow(isSingle);
        code.constant(signalling ? 1 : 0);
        code.loadRef(Bytecode.MXCSR);
        code.call(COMPARE, name, (isSingle ? "(II" : "(JJ") + "Z" + MXCSR + ")I");
        code.storeInt(STATUS);
        commit();
        code.loadInt(STATUS);
        flags.settleStatus();
    }

    private void fromInteger(Op op, String name, String result) {
        operands.source(op);
        code.signExtend(op.srcBits);
        code.store(LOW);
        begin();
        code.load(LOW);
        code.loadRef(Bytecode.MXCSR);
        code.call(CONVERT, name, "(J" + MXCSR + ")" + result);
        deliver(op, result);
    }

    /** The result on the stack becomes the low 64 or 32 bits, if nothing is thrown. */
    private void deliver(Op op, String result) {
        boolean isSingle = "I".equals(result);
        if (isSingle) {
            code.op(I2L);
            code.zeroExtend(32);
        }
        code.store(RESULT);
        commit();
        code.load(RESULT);
        if (isSingle) {
            registers.low(op.dst);
            code.constant(~LOW32);
            code.op(LAND);
            code.op(LOR);
        }
        registers.setLow(op.dst);
    }

    private void between(Op op, String name, String argument, String result, boolean fromSingle) {
        registers.lowSource(op);
        code.store(LOW);
        begin();
        code.load(LOW);
        narrow(fromSingle);
        code.loadRef(Bytecode.MXCSR);
        code.call(CONVERT, name, argument + MXCSR + ")" + result);
        deliver(op, result);
    }

    private void toInteger(Op op, String name, boolean truncate, boolean fromSingle) {
        registers.lowSource(op);
        code.store(LOW);
        begin();
        code.load(LOW);
        narrow(fromSingle);
        code.constant(truncate ? 1 : 0);
        code.loadRef(Bytecode.MXCSR);
        String argument = (fromSingle ? "(I" : "(J") + "Z" + MXCSR + ")";
        if (op.bits == 64) {
            code.call(CONVERT, name + "64", argument + "J");
        } else {
            code.call(CONVERT, name + "32", argument + "I");
            code.op(I2L);
        }
        code.store(RESULT);
        commit();
        code.load(RESULT);
        operands.setRegister(Op.REGISTER, op.dst, op.bits == 64 ? 64 : 32);
    }

    private void signs(Op op, String name, int bits) {
        registers.low(op.src);
        code.call(BLEND, name, "(J)I");
        registers.high(op.src);
        code.call(BLEND, name, "(J)I");
        code.constant(bits);
        code.op(ISHL);
        code.op(IOR);
        code.op(I2L);
        operands.setRegister(Op.REGISTER, op.dst, 32);
    }
}
