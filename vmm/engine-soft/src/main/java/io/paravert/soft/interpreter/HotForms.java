package io.paravert.soft.interpreter;

import io.paravert.isa.Instruction;
import io.paravert.isa.Mnemonic;
import io.paravert.soft.state.CodeMode;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Op;

/** Finds the number in {@link HotLoop}'s switch for operations that have one. */
final class HotForms {
    private HotForms() {}

    /** Sets {@code op.code}; {@code next} is RIP of the next instruction. */
    static void choose(Instruction in, Op op, int mode, long next) {
        if (op.has(Op.LOCK) || op.dstKind == Op.OTHER || op.srcKind == Op.OTHER) {
            return;
        }
        boolean memory = op.dstKind == Op.MEMORY || op.srcKind == Op.MEMORY;
        if (memory && (op.has(Op.CHECKED) || op.segmentBase != Cpu.ZERO) && !isLea(in)) {
            return;
        }
        op.code = (short) code(in, op, CodeMode.is64(mode), next);
    }

    private static boolean isLea(Instruction in) {
        return in.mnemonic() == Mnemonic.LEA;
    }

    private static int code(Instruction in, Op op, boolean is64, long next) {
        return switch (in.mnemonic()) {
            case MOV -> mov(op);
            case MOVZX -> movzx(op);
            case MOVSXD -> movsxd(op);
            case LEA -> op.bits == 64 ? Code.LEA64 : op.bits == 32 ? Code.LEA32 : Code.STATEMENT;
            case ADD -> arithmetic(op, Code.ADD);
            case SUB -> arithmetic(op, Code.SUB);
            case CMP -> cmp(op);
            case AND -> arithmetic(op, Code.AND);
            case OR -> arithmetic(op, Code.OR);
            case XOR -> isZeroing(op) ? Code.ZERO : arithmetic(op, Code.XOR);
            case TEST -> test(op);
            case INC -> wide(op, Code.INC32, Code.INC64);
            case DEC -> wide(op, Code.DEC32, Code.DEC64);
            case SHL -> shift(op, Code.SHL32, Code.SHL64);
            case SHR -> shift(op, Code.SHR32, Code.SHR64);
            case SAR -> shift(op, Code.SAR32, Code.SAR64);
            case ADC -> adc(op);
            case MUL -> op.dstKind == Op.REGISTER && op.bits == 64 ? Code.MUL64 : Code.STATEMENT;
            case IMUL -> imul(op);
            case NOT -> op.dstKind == Op.REGISTER && op.bits == 64 ? Code.NOT64 : Code.STATEMENT;
            case PUSH -> is64 && op.dstKind == Op.REGISTER && op.bits == 64 ? Code.PUSH64 : Code.STATEMENT;
            case POP -> is64 && op.dstKind == Op.REGISTER && op.bits == 64 ? Code.POP64 : Code.STATEMENT;
            case JMP, CALL, RET, JO, JNO, JB, JAE, JE, JNE, JBE, JA, JS, JNS, JP, JNP, JL, JGE, JLE, JG ->
                is64 && op.bits == 64 ? jump(in, op, next) : Code.STATEMENT;
            default -> Code.STATEMENT;
        };
    }

    private static boolean isRegister(byte kind) {
        return kind == Op.REGISTER;
    }

    private static int mov(Op op) {
        if (op.dstKind == Op.REGISTER) {
            if (op.srcKind == Op.IMMEDIATE && op.bits >= 32) {
                op.immediate = op.bits == 32 ? op.immediate & 0xffff_ffffL : op.immediate;
                return Code.MOV_RI;
            }
            if (op.srcKind == Op.REGISTER) {
                return wide(op, Code.MOV_RR32, Code.MOV_RR64);
            }
            return op.srcKind == Op.MEMORY ? wide(op, Code.LOAD32, Code.LOAD64) : Code.STATEMENT;
        }
        if (op.dstKind != Op.MEMORY) {
            return Code.STATEMENT;
        }
        if (op.srcKind == Op.REGISTER) {
            return switch (op.bits) {
                case 8 -> Code.STORE8;
                case 16 -> Code.STORE16;
                case 32 -> Code.STORE32;
                default -> Code.STORE64;
            };
        }
        return op.srcKind != Op.IMMEDIATE
                ? Code.STATEMENT
                : switch (op.bits) {
                    case 8 -> Code.STORE_IMMEDIATE8;
                    case 32 -> Code.STORE_IMMEDIATE32;
                    case 64 -> Code.STORE_IMMEDIATE64;
                    default -> Code.STATEMENT;
                };
    }

    private static int movzx(Op op) {
        if (op.bits < 32) {
            return Code.STATEMENT;
        }
        return switch (op.srcKind) {
            case Op.REGISTER -> op.srcBits == 8 ? Code.MOVZX8 : Code.MOVZX16;
            case Op.MEMORY -> op.srcBits == 8 ? Code.LOAD8 : Code.LOAD16;
            default -> Code.STATEMENT;
        };
    }

    private static int movsxd(Op op) {
        if (op.bits != 64 || op.srcBits != 32) {
            return Code.STATEMENT;
        }
        return op.srcKind == Op.MEMORY ? Code.LOAD32_SIGNED : Code.MOVSXD;
    }

    private static int wide(Op op, int code32, int code64) {
        return !isRegister(op.dstKind)
                ? Code.STATEMENT
                : op.bits == 64 ? code64 : op.bits == 32 ? code32 : Code.STATEMENT;
    }

    private static int arithmetic(Op op, int base) {
        if (!isRegister(op.dstKind) || op.bits < 32) {
            return Code.STATEMENT;
        }
        int form = switch (op.srcKind) {
            case Op.REGISTER -> Code.RR;
            case Op.IMMEDIATE -> Code.RI;
            default -> Code.RM;
        };
        return base + form + (op.bits == 64 ? Code.BITS64 : 0);
    }

    private static boolean isZeroing(Op op) {
        return isRegister(op.dstKind) && isRegister(op.srcKind) && op.dst == op.src && op.bits >= 32;
    }

    private static int cmp(Op op) {
        if (op.dstKind == Op.MEMORY && op.srcKind == Op.IMMEDIATE) {
            return switch (op.bits) {
                case 8 -> Code.CMP_MI8;
                case 32 -> Code.CMP_MI32;
                case 64 -> Code.CMP_MI64;
                default -> Code.STATEMENT;
            };
        }
        if (op.bits == 8 && isRegister(op.dstKind)) {
            return op.srcKind == Op.IMMEDIATE ? Code.CMP_RI8 : isRegister(op.srcKind) ? Code.CMP_RR8 : Code.STATEMENT;
        }
        return arithmetic(op, Code.CMP);
    }

    private static int test(Op op) {
        if (op.dstKind == Op.MEMORY && isRegister(op.srcKind) && op.bits >= 32) {
            return Code.TEST + Code.RM + (op.bits == 64 ? Code.BITS64 : 0);
        }
        if (op.bits == 8 && isRegister(op.dstKind) && isRegister(op.srcKind)) {
            return Code.TEST_RR8;
        }
        return op.srcKind == Op.MEMORY ? Code.STATEMENT : arithmetic(op, Code.TEST);
    }

    /** By a constant that is not 0 after masking. */
    private static int shift(Op op, int code32, int code64) {
        int count = (int) op.immediate & (op.bits == 64 ? 63 : 31);
        if (op.srcKind != Op.IMMEDIATE || count == 0) {
            return Code.STATEMENT;
        }
        op.detail = (byte) count;
        return wide(op, code32, code64);
    }

    private static int adc(Op op) {
        if (!isRegister(op.dstKind) || op.bits != 64) {
            return Code.STATEMENT;
        }
        return op.srcKind == Op.REGISTER ? Code.ADC_RR64 : op.srcKind == Op.IMMEDIATE ? Code.ADC_RI64 : Code.STATEMENT;
    }

    private static int imul(Op op) {
        return isRegister(op.srcKind) && op.detail == 0 ? wide(op, Code.IMUL32, Code.IMUL64) : Code.STATEMENT;
    }

    /** Direct jumps; where they do not go is in {@code displacement}. A target that is not canonical faults in the statement. */
    private static int jump(Instruction in, Op op, long next) {
        if (in.mnemonic() == Mnemonic.RET) {
            return Code.RET;
        }
        long target = op.immediate;
        if (op.dstKind != Op.IMMEDIATE || target << 16 >> 16 != target) {
            return Code.STATEMENT;
        }
        op.displacement = next;
        return switch (in.mnemonic()) {
            case JMP -> Code.JMP;
            case CALL -> Code.CALL;
            default -> Code.JCC + op.detail;
        };
    }
}
