package io.paravert.soft.interpreter;

import io.paravert.isa.Instruction;
import io.paravert.isa.Mnemonic;
import io.paravert.isa.OperandKind;
import io.paravert.isa.Register;
import io.paravert.isa.RegisterClass;
import io.paravert.soft.state.CodeMode;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Segment;
import io.paravert.soft.vcpu.Op;
import java.util.EnumSet;
import java.util.Set;

/** From a decoded instruction to an operation: operands resolved for the mode and place that it was decoded in. */
final class Lowering {
    /** Of three operands the second is the one that can be in memory, and the third a register or the count. */
    private static final Set<Mnemonic> MEMORY_SECOND = EnumSet.of(
            Mnemonic.SHLD, Mnemonic.SHRD, Mnemonic.BEXTR, Mnemonic.BZHI, Mnemonic.SARX, Mnemonic.SHLX, Mnemonic.SHRX);

    private Lowering() {}

    /** @param rip of the instruction */
    static Op lower(Instruction in, InstructionSet.Entry entry, int mode, long rip, int length) {
        Op op = new Op(entry.statement());
        op.mnemonic = (short) in.mnemonic().ordinal();
        op.detail = (byte) entry.detail();
        op.bits = (short) in.operandSize();
        op.srcBits = op.bits;
        op.flags = flags(in);
        op.cut = (byte) (64 - in.addressSize());
        op.segment = (byte) segment(in.segment());
        if (in.mnemonic() == Mnemonic.LEA) {
            op.segmentBase = Cpu.ZERO;
        } else {
            setSegmentBase(op, mode);
        }
        if (VectorLowering.applies(in)) {
            VectorLowering.lower(in, op, rip + length);
            return op;
        }
        int operands = in.operandCount();
        for (int i = 0; i < operands; i++) {
            lowerOperand(in, op, i, rip + length);
        }
        if (in.x87Opcode() >= 0) {
            op.srcBits = (short) in.x87Opcode();
            op.immediate = rip;
            op.detail = (byte) in.operandSize();
            return op;
        }
        if (in.mnemonic() == Mnemonic.JMP_FAR || in.mnemonic() == Mnemonic.CALL_FAR) {
            op.bits = (short) in.operandSize();
        }
        if (in.mnemonic() == Mnemonic.LGDT || in.mnemonic() == Mnemonic.LIDT) {
            op.detail = (byte) in.operandSize();
        }
        HotForms.choose(in, op, mode, rip + length);
        return op;
    }

    private static byte flags(Instruction in) {
        int flags = (in.hasLock() ? Op.LOCK : 0)
                | (in.hasRep() ? Op.REP : 0)
                | (in.hasRepne() ? Op.REPNE : 0)
                | (in.isVex() ? Op.VEX : 0);
        return (byte) flags;
    }

    private static int segment(Register register) {
        return register == Register.NONE ? Segment.DS : register.number();
    }

    /** In 64-bit mode only FS and GS have a base; in flat 32-bit code DS, ES and SS need no check. */
    private static void setSegmentBase(Op op, int mode) {
        if (CodeMode.is64(mode)) {
            op.segmentBase = (byte) (op.segment >= Segment.FS ? Cpu.BASES + op.segment : Cpu.ZERO);
            return;
        }
        boolean flat = (mode & CodeMode.FLAT) != 0
                && (op.segment == Segment.DS || op.segment == Segment.ES || op.segment == Segment.SS);
        op.segmentBase = Cpu.ZERO;
        if (!flat) {
            op.flags |= Op.CHECKED;
        }
    }

    private static void lowerOperand(Instruction in, Op op, int i, long next) {
        OperandKind kind = in.kind(i);
        switch (kind) {
            case MEMORY -> lowerMemory(in, op, next);
            case RELATIVE -> op.immediate = in.branchTarget(next - in.length());
            case FAR_POINTER -> {
                op.immediate = in.immediate(i);
                op.displacement = in.farSelector();
            }
            case IMMEDIATE -> {
                if (i == 1 && in.mnemonic() == Mnemonic.ENTER) {
                    op.displacement = in.immediate(i);
                } else {
                    op.immediate = in.immediate(i);
                }
            }
            default -> {}
        }
        byte operandKind = kind(in, i, kind);
        byte number = operandKind == Op.REGISTER || operandKind == Op.HIGH_BYTE || operandKind == Op.OTHER
                ? number(in.register(i))
                : 0;
        int bits = in.size(i) != 0 ? in.size(i) : in.operandSize();
        boolean isSource = i == 1 && (in.operandCount() < 3 || operandKind == Op.MEMORY || memorySecond(in))
                || i == 2 && operandKind != Op.IMMEDIATE && !memorySecond(in);
        if (i == 0) {
            op.dstKind = operandKind;
            op.dst = number;
            op.bits = (short) (operandKind == Op.IMMEDIATE ? in.operandSize() : bits);
        } else if (isSource) {
            op.srcKind = operandKind;
            op.src = number;
            op.srcBits = (short) (operandKind == Op.IMMEDIATE ? op.bits : bits);
        } else if (operandKind == Op.IMMEDIATE) {
            op.detail = 1;
        } else {
            op.third = number;
        }
    }

    private static boolean memorySecond(Instruction in) {
        return MEMORY_SECOND.contains(in.mnemonic()) || in.operandCount() == 3 && in.kind(2) == OperandKind.IMMEDIATE;
    }

    private static byte kind(Instruction in, int i, OperandKind kind) {
        return switch (kind) {
            case MEMORY -> Op.MEMORY;
            case IMMEDIATE, RELATIVE, FAR_POINTER -> Op.IMMEDIATE;
            case REGISTER ->
                switch (in.register(i).cls()) {
                    case GPR -> Op.REGISTER;
                    case HIGH_BYTE -> Op.HIGH_BYTE;
                    default -> Op.OTHER;
                };
        };
    }

    private static byte number(Register register) {
        return (byte) (register.cls() == RegisterClass.HIGH_BYTE ? register.number() - 4 : register.number());
    }

    static void lowerMemory(Instruction in, Op op, long next) {
        Register base = in.baseRegister();
        Register index = in.indexRegister();
        boolean relative = base.cls() == RegisterClass.IP;
        op.base = base == Register.NONE || relative ? Cpu.ZERO : (byte) base.number();
        op.index = index == Register.NONE || index.cls() != RegisterClass.GPR ? Cpu.ZERO : (byte) index.number();
        op.scale = (byte) Integer.numberOfTrailingZeros(in.scale());
        op.displacement = in.displacement() + (relative ? next : 0);
        foldSegmentBase(op);
    }

    /** A segment base takes the place of an absent index, so that the address is one sum. */
    private static void foldSegmentBase(Op op) {
        if (op.segmentBase == Cpu.ZERO || op.cut != 0) {
            return;
        }
        if (op.index == Cpu.ZERO) {
            op.index = op.segmentBase;
            op.scale = 0;
            op.segmentBase = Cpu.ZERO;
        } else if (op.base == Cpu.ZERO) {
            op.base = op.segmentBase;
            op.segmentBase = Cpu.ZERO;
        }
    }
}
