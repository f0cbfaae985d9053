package io.paravert.soft.translator;

import static io.paravert.soft.translator.Bytecode.A;
import static io.paravert.soft.translator.Bytecode.ADDRESS;
import static io.paravert.soft.translator.Bytecode.B;
import static io.paravert.soft.translator.Bytecode.FLAGS;
import static io.paravert.soft.translator.Bytecode.FLAG_A;
import static io.paravert.soft.translator.Bytecode.FLAG_B;
import static io.paravert.soft.translator.Bytecode.RESULT;
import static io.paravert.soft.translator.Bytecode.STATUS;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Op;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/**
 * Integer instructions of 64-bit code as bytecode. Each one does all that may throw before it changes a local that stands for a
 * register or for flags.
 */
final class IntegerEmitter implements Opcodes {
    private static final Mnemonic[] MNEMONICS = Mnemonic.values();

    private final Bytecode code;
    private final OperandEmitter operands;
    private final FlagEmitter flags;
    private final ShiftEmitter shifts;

    IntegerEmitter(Bytecode code, OperandEmitter operands, FlagEmitter flags) {
        this.code = code;
        this.operands = operands;
        this.flags = flags;
        this.shifts = new ShiftEmitter(code, operands, flags);
    }

    static Mnemonic mnemonic(Op op) {
        return MNEMONICS[op.mnemonic];
    }

    /** Writes the instruction; false, with nothing written, if it is not one of these. */
    boolean emit(Op op) {
        if (op.mnemonic < 0 || op.has(Op.LOCK) || isForeign(op)) {
            return false;
        }
        return moves(op) || arithmetic(op) || shifts.emit(op) || products(op) || stack(op);
    }

    private static boolean isForeign(Op op) {
        return op.dstKind == Op.OTHER || op.srcKind == Op.OTHER || op.has(Op.CHECKED) || op.has(Op.VEX);
    }

    private boolean moves(Op op) {
        switch (mnemonic(op)) {
            case NOP, PREFETCH, PREFETCHNTA, PREFETCHT0, PREFETCHT1, PREFETCHT2, PREFETCHW -> {}
            case MOV, MOVNTI -> {
                operands.source(op);
                code.store(RESULT);
                operands.write(op, RESULT);
            }
            case MOVZX -> {
                operands.exactSource(op);
                code.store(RESULT);
                operands.write(op, RESULT);
            }
            case MOVSX, MOVSXD -> {
                operands.source(op);
                code.signExtend(op.srcBits);
                code.store(RESULT);
                operands.write(op, RESULT);
            }
            case LEA -> {
                operands.effective(op);
                operands.setRegister(Op.REGISTER, op.dst, op.bits);
            }
            case XCHG -> {
                return exchange(op);
            }
            case BSWAP -> {
                return swap(op);
            }
            case CBW -> extend(8, 16);
            case CWDE -> extend(16, 32);
            case CDQE -> extend(32, 64);
            case CWD -> signToData(16);
            case CDQ -> signToData(32);
            case CQO -> signToData(64);
            default -> {
                return conditional(op);
            }
        }
        return true;
    }

    private boolean exchange(Op op) {
        if (op.dstKind == Op.MEMORY) {
            return false;
        }
        operands.raw(op.srcKind, op.src);
        code.store(B);
        operands.raw(op.dstKind, op.dst);
        code.store(A);
        code.load(B);
        operands.setRegister(op.dstKind, op.dst, op.bits);
        code.load(A);
        operands.setRegister(op.srcKind, op.src, op.bits);
        return true;
    }

    private boolean swap(Op op) {
        if (op.bits < 32) {
            return false;
        }
        operands.register(op.dst);
        if (op.bits == 64) {
            code.call("java/lang/Long", "reverseBytes", "(J)J");
        } else {
            code.op(L2I);
            code.call("java/lang/Integer", "reverseBytes", "(I)I");
            code.op(I2L);
        }
        operands.setRegister(Op.REGISTER, op.dst, op.bits);
        return true;
    }

    private void extend(int from, int to) {
        operands.register(Cpu.RAX);
        code.signExtend(from);
        operands.setRegister(Op.REGISTER, Cpu.RAX, to);
    }

    private void signToData(int bits) {
        operands.register(Cpu.RAX);
        code.signExtend(bits);
        code.constant(63);
        code.op(LSHR);
        operands.setRegister(Op.REGISTER, Cpu.RDX, bits);
    }

    private boolean conditional(Op op) {
        String name = mnemonic(op).name();
        if (name.startsWith("CMOV")) {
            operands.source(op);
            code.store(RESULT);
            Label holds = new Label();
            flags.jumpIf(op.detail, holds);
            operands.raw(op.dstKind, op.dst);
            code.store(RESULT);
            code.label(holds);
            operands.updateRegister(op, RESULT);
            return true;
        }
        if (!name.startsWith("SET") || op.bits != 8) {
            return false;
        }
        Label holds = new Label();
        Label end = new Label();
        flags.jumpIf(op.detail, holds);
        code.op(LCONST_0);
        code.store(RESULT);
        code.jump(GOTO, end);
        code.label(holds);
        code.op(LCONST_1);
        code.store(RESULT);
        code.label(end);
        operands.write(op, RESULT);
        return true;
    }

    private boolean arithmetic(Op op) {
        switch (mnemonic(op)) {
            case ADD -> sum(op, LADD, DeferredFlags.ADD);
            case SUB -> sum(op, LSUB, DeferredFlags.SUB);
            case CMP -> {
                operandsToFlags(op);
                flags.set(DeferredFlags.kind(DeferredFlags.SUB, op.bits));
            }
            case TEST -> {
                operands.source(op);
                code.store(RESULT);
                operands.target(op);
                code.load(RESULT);
                code.op(LAND);
                code.store(FLAG_A);
                flags.set(DeferredFlags.kind(DeferredFlags.LOGIC, op.bits));
            }
            case AND -> logic(op, LAND);
            case OR -> logic(op, LOR);
            case XOR -> logic(op, LXOR);
            case ADC -> withCarry(op, LADD, "addAux");
            case SBB -> withCarry(op, LSUB, "subAux");
            case INC -> step(op, LADD, DeferredFlags.INC);
            case DEC -> step(op, LSUB, DeferredFlags.DEC);
            case NOT -> {
                operands.targetForUpdate(op);
                code.constant(-1);
                code.op(I2L);
                code.op(LXOR);
                code.store(RESULT);
                operands.updateMemory(op, RESULT);
                operands.updateRegister(op, RESULT);
            }
            case NEG -> negate(op);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Both operands to the flags' locals, by way of others: the load may throw. */
    private void operandsToFlags(Op op) {
        operands.source(op);
        code.store(B);
        operands.target(op);
        code.store(FLAG_A);
        code.load(B);
        code.store(FLAG_B);
    }

    private void sum(Op op, int opcode, int operation) {
        operands.source(op);
        code.store(B);
        operands.targetForUpdate(op);
        code.store(A);
        code.load(A);
        code.load(B);
        code.op(opcode);
        code.store(RESULT);
        operands.updateMemory(op, RESULT);
        if (!flags.dead) {
            code.load(A);
            code.store(FLAG_A);
            code.load(B);
            code.store(FLAG_B);
            flags.set(DeferredFlags.kind(operation, op.bits));
        }
        operands.updateRegister(op, RESULT);
    }

    private void logic(Op op, int opcode) {
        boolean isZero = opcode == LXOR && op.dstKind == Op.REGISTER && op.srcKind == Op.REGISTER && op.dst == op.src;
        if (isZero) {
            code.op(LCONST_0);
        } else {
            operands.source(op);
            code.store(B);
            operands.targetForUpdate(op);
            code.load(B);
            code.op(opcode);
        }
        code.store(RESULT);
        operands.updateMemory(op, RESULT);
        if (!flags.dead) {
            code.load(RESULT);
            code.store(FLAG_A);
            flags.set(DeferredFlags.kind(DeferredFlags.LOGIC, op.bits));
        }
        operands.updateRegister(op, RESULT);
    }

    private void withCarry(Op op, int opcode, String aux) {
        operands.source(op);
        code.store(B);
        operands.targetForUpdate(op);
        code.store(A);
        code.load(A);
        code.load(B);
        code.op(opcode);
        flags.carry();
        code.op(opcode);
        code.store(RESULT);
        operands.updateMemory(op, RESULT);
        if (!flags.dead) {
            code.load(A);
            code.load(B);
            code.load(RESULT);
            code.constant(op.bits);
            code.call(FLAGS, aux, "(JJJI)J");
            flags.settle(op.bits);
        }
        operands.updateRegister(op, RESULT);
    }

    private void step(Op op, int opcode, int operation) {
        operands.targetForUpdate(op);
        code.store(A);
        code.load(A);
        code.op(LCONST_1);
        code.op(opcode);
        code.store(RESULT);
        operands.updateMemory(op, RESULT);
        if (!flags.dead) {
            flags.aux();
            code.store(FLAG_B);
            code.load(A);
            code.store(FLAG_A);
            flags.set(DeferredFlags.kind(operation, op.bits));
        }
        operands.updateRegister(op, RESULT);
    }

    private void negate(Op op) {
        operands.targetForUpdate(op);
        code.store(B);
        code.load(B);
        code.op(LNEG);
        code.store(RESULT);
        operands.updateMemory(op, RESULT);
        code.op(LCONST_0);
        code.store(FLAG_A);
        code.load(B);
        code.store(FLAG_B);
        flags.set(DeferredFlags.kind(DeferredFlags.SUB, op.bits));
        operands.updateRegister(op, RESULT);
    }

    private boolean products(Op op) {
        Mnemonic mnemonic = mnemonic(op);
        if (op.bits < 32) {
            return false;
        }
        if (mnemonic == Mnemonic.MUL || mnemonic == Mnemonic.IMUL && op.srcKind == Op.NONE) {
            return wideProduct(op, mnemonic == Mnemonic.MUL);
        }
        if (mnemonic != Mnemonic.IMUL) {
            return scan(op, mnemonic);
        }
        if (op.detail != 0) {
            code.constant(op.immediate);
        } else {
            operands.register(op.dst);
        }
        code.store(A);
        operands.source(op);
        code.store(B);
        signedFactors(op.bits);
        code.load(A);
        code.load(B);
        code.op(LMUL);
        code.store(RESULT);
        if (!flags.dead) {
            code.load(A);
            code.load(B);
            code.constant(op.bits);
            code.call(FLAGS, "imulAux", "(JJI)J");
            flags.settle(op.bits);
        }
        operands.updateRegister(op, RESULT);
        return true;
    }

    private void signedFactors(int bits) {
        if (bits == 32) {
            code.load(A);
            code.signExtend(32);
            code.store(A);
            code.load(B);
            code.signExtend(32);
            code.store(B);
        }
    }

    private boolean wideProduct(Op op, boolean unsigned) {
        if (op.bits == 32 && !unsigned) {
            return false;
        }
        operands.target(op);
        if (op.bits == 32) {
            code.zeroExtend(32);
        }
        code.store(B);
        operands.register(Cpu.RAX);
        if (op.bits == 32) {
            code.zeroExtend(32);
        }
        code.store(A);
        code.load(A);
        code.load(B);
        code.op(LMUL);
        code.store(RESULT);
        if (op.bits == 64) {
            code.load(A);
            code.load(B);
            if (unsigned) {
                code.call(FLAGS, "mulHigh", "(JJ)J");
            } else {
                code.call("java/lang/Math", "multiplyHigh", "(JJ)J");
            }
        } else {
            code.load(RESULT);
            code.constant(32);
            code.op(LUSHR);
        }
        operands.setRegister(Op.REGISTER, Cpu.RDX, op.bits);
        code.load(RESULT);
        operands.setRegister(Op.REGISTER, Cpu.RAX, op.bits);
        if (!flags.dead) {
            code.load(A);
            code.load(B);
            code.constant(op.bits);
            code.call(FLAGS, unsigned ? "mulAux" : "imulAux", "(JJI)J");
            flags.settle(op.bits);
        }
        return true;
    }

    private boolean scan(Op op, Mnemonic mnemonic) {
        String name = switch (mnemonic) {
            case TZCNT -> "tzcnt";
            case LZCNT -> "lzcnt";
            case POPCNT -> "popcnt";
            default -> null;
        };
        if (name == null) {
            return false;
        }
        String owner = "io/paravert/soft/numeric/integer/BitScan";
        operands.exactSource(op);
        code.store(B);
        code.load(B);
        code.constant(op.bits);
        code.call(owner, name, "(JI)J");
        code.store(RESULT);
        code.load(B);
        if (mnemonic != Mnemonic.POPCNT) {
            code.load(RESULT);
        }
        code.constant(op.bits);
        flags.status();
        if (mnemonic == Mnemonic.POPCNT) {
            code.call(owner, "popcntFlags", "(JII)I");
        } else {
            code.call(owner, "countFlags", "(JJII)I");
        }
        code.storeInt(STATUS);
        code.loadInt(STATUS);
        flags.settleStatus();
        operands.updateRegister(op, RESULT);
        return true;
    }

    private boolean stack(Op op) {
        if (op.bits != 64) {
            return false;
        }
        switch (mnemonic(op)) {
            case PUSH -> {
                if (op.dstKind == Op.IMMEDIATE) {
                    code.constant(op.immediate);
                } else {
                    operands.target(op);
                }
                code.store(RESULT);
                push(RESULT);
            }
            case POP -> {
                return pop(op);
            }
            case LEAVE -> {
                operands.register(Cpu.RBP);
                code.store(ADDRESS);
                operands.loadStack();
                code.store(RESULT);
                moveStack(8);
                code.load(RESULT);
                operands.setRegister(Cpu.RBP);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean pop(Op op) {
        if (op.dstKind != Op.REGISTER) {
            return false;
        }
        operands.register(Cpu.RSP);
        code.store(ADDRESS);
        operands.loadStack();
        code.store(RESULT);
        moveStack(8);
        code.load(RESULT);
        operands.setRegister(op.dst);
        return true;
    }

    /** RSP becomes ADDRESS and {@code distance}. */
    void moveStack(long distance) {
        code.load(ADDRESS);
        if (distance != 0) {
            code.constant(distance);
            code.op(LADD);
        }
        operands.setRegister(Cpu.RSP);
    }

    /** Pushes local {@code value} on the guest's stack. */
    void push(int value) {
        operands.register(Cpu.RSP);
        code.constant(8);
        code.op(I2L);
        code.op(LSUB);
        code.store(ADDRESS);
        operands.storeStack(value);
        moveStack(0);
    }
}
