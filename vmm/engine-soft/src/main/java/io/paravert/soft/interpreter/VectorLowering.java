package io.paravert.soft.interpreter;

import io.paravert.isa.Instruction;
import io.paravert.isa.Mnemonic;
import io.paravert.isa.OperandKind;
import io.paravert.isa.RegisterClass;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Op;
import java.util.EnumSet;
import java.util.Set;

/**
 * Operands of instructions with a vector or MMX register. A vector register is the index of its lowest word in {@code Cpu.vectors}, a
 * source in memory is {@link Cpu#VECTOR_SCRATCH}, an MMX or general register its number:
 *
 * <ul>
 *   <li>{@code dst}: the first operand, {@code bits} wide;
 *   <li>{@code third}: the first source: the second operand of VEX forms with three, else the destination (with two and VEX: the
 *       source, for shifts by a constant);
 *   <li>{@code src}: the last source that is no mask, {@code srcBits} wide;
 *   <li>{@code detail}: the register with a mask (XMM0 or the fourth operand), or the vector index of a gather; 1 (with REX.W {@link #WIDE}) where there is
 *       an immediate and no such register.
 * </ul>
 */
final class VectorLowering {
    /** {@code detail} where there is an immediate and REX.W is set. */
    static final byte WIDE = 2;

    private static final Set<Mnemonic> UNALIGNED = EnumSet.of(
            Mnemonic.MOVUPS,
            Mnemonic.MOVUPD,
            Mnemonic.MOVDQU,
            Mnemonic.LDDQU,
            // Intel asks for alignment here, AMD's processors do not.
            Mnemonic.SHA1NEXTE,
            Mnemonic.SHA1MSG1,
            Mnemonic.SHA1MSG2,
            Mnemonic.SHA1RNDS4,
            Mnemonic.SHA256RNDS2,
            Mnemonic.SHA256MSG1,
            Mnemonic.SHA256MSG2,
            Mnemonic.PCMPESTRI,
            Mnemonic.PCMPESTRM,
            Mnemonic.PCMPISTRI,
            Mnemonic.PCMPISTRM);
    private static final Set<Mnemonic> ALIGNED = EnumSet.of(
            Mnemonic.VMOVAPS,
            Mnemonic.VMOVAPD,
            Mnemonic.VMOVDQA,
            Mnemonic.VMOVNTDQ,
            Mnemonic.VMOVNTDQA,
            Mnemonic.VMOVNTPS,
            Mnemonic.VMOVNTPD);

    /** With their source in memory they name no vector register. */
    private static final Set<Mnemonic> TO_GENERAL = EnumSet.of(
            Mnemonic.CVTSS2SI,
            Mnemonic.CVTTSS2SI,
            Mnemonic.CVTSD2SI,
            Mnemonic.CVTTSD2SI,
            Mnemonic.VCVTSS2SI,
            Mnemonic.VCVTTSS2SI,
            Mnemonic.VCVTSD2SI,
            Mnemonic.VCVTTSD2SI);

    private VectorLowering() {}

    static boolean applies(Instruction in) {
        for (int i = 0; i < in.operandCount(); i++) {
            RegisterClass cls = in.register(i).cls();
            if (cls == RegisterClass.VECTOR || cls == RegisterClass.MMX) {
                return true;
            }
        }
        return TO_GENERAL.contains(in.mnemonic());
    }

    static void lower(Instruction in, Op op, long next) {
        int operands = in.operandCount();
        boolean immediate = in.kind(operands - 1) == OperandKind.IMMEDIATE;
        if (immediate) {
            operands--;
            op.immediate = in.immediate(operands);
            op.detail = in.operandSize() == 64 ? WIDE : 1;
        }
        op.dstKind = kind(in, 0);
        op.dst = number(in, 0);
        op.third = op.dst;
        op.bits = (short) in.size(0);
        op.srcBits = op.bits;
        boolean three = in.isVex() && operands >= 3;
        if (operands > 1) {
            int last = three ? 2 : 1;
            op.srcKind = kind(in, last);
            op.src = number(in, last);
            op.srcBits = (short) in.size(last);
            if (in.isVex()) {
                op.third = number(in, 1);
            }
            if (operands > last + 1) {
                op.detail = number(in, last + 1);
            }
        }
        for (int i = 0; i < in.operandCount(); i++) {
            if (in.register(i).cls() == RegisterClass.MMX) {
                op.flags |= Op.MMX;
            }
        }
        lowerMemory(in, op, operands, next);
    }

    private static void lowerMemory(Instruction in, Op op, int operands, long next) {
        for (int i = 0; i < operands; i++) {
            if (in.kind(i) != OperandKind.MEMORY) {
                continue;
            }
            Lowering.lowerMemory(in, op, next);
            boolean aligned = in.isVex() ? ALIGNED.contains(in.mnemonic()) : !UNALIGNED.contains(in.mnemonic());
            if (aligned && in.size(i) >= 128) {
                op.flags |= Op.ALIGNED;
            }
            if (in.indexRegister().cls() == RegisterClass.VECTOR) {
                op.detail = (byte) (in.indexRegister().number() * Cpu.VECTOR_WORDS);
                op.immediate = in.scale();
                op.srcBits = (short) in.vectorLength();
            }
        }
    }

    private static byte kind(Instruction in, int i) {
        if (in.kind(i) == OperandKind.MEMORY) {
            return Op.MEMORY;
        }
        return in.register(i).cls() == RegisterClass.GPR ? Op.REGISTER : Op.OTHER;
    }

    private static byte number(Instruction in, int i) {
        if (in.kind(i) == OperandKind.MEMORY) {
            return Cpu.VECTOR_SCRATCH;
        }
        int number = in.register(i).number();
        return (byte) (in.register(i).cls() == RegisterClass.VECTOR ? number * Cpu.VECTOR_WORDS : number);
    }
}
