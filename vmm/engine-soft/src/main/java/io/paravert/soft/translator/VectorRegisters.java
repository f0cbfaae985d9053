package io.paravert.soft.translator;

import static io.paravert.soft.translator.Bytecode.ADDRESS;
import static io.paravert.soft.translator.Bytecode.HIGH;
import static io.paravert.soft.translator.Bytecode.LOW;

import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Op;
import org.objectweb.asm.Opcodes;

/**
 * XMM registers in locals, two longs each, and their operands in memory. A register is its first word's index in {@code Cpu.vectors}.
 * Upper halves of YMM registers stay where they are. Notes which registers a region uses and writes.
 */
final class VectorRegisters implements Opcodes {
    private static final int REGISTERS = 16;
    private static final int HIGHER = 2;

    private final Bytecode code;
    private final OperandEmitter operands;
    /** An instruction of the family is there, with or without such a register. */
    boolean needed;

    int used;
    int written;

    VectorRegisters(Bytecode code, OperandEmitter operands) {
        this.code = code;
        this.operands = operands;
    }

    private static int local(int register) {
        return Bytecode.VECTORS + register;
    }

    private static int bit(int register) {
        return 1 << register / Cpu.VECTOR_WORDS;
    }

    void low(int register) {
        used |= bit(register);
        code.load(local(register));
    }

    void high(int register) {
        used |= bit(register);
        code.load(local(register) + HIGHER);
    }

    void setLow(int register) {
        used |= bit(register);
        written |= bit(register);
        code.store(local(register));
    }

    void setHigh(int register) {
        used |= bit(register);
        written |= bit(register);
        code.store(local(register) + HIGHER);
    }

    /** The last source to locals LOW and HIGH, all 128 bits. */
    void source(Op op) {
        if (op.srcKind == Op.MEMORY) {
            aligned(op);
            load128(op);
            return;
        }
        low(op.src);
        code.store(LOW);
        high(op.src);
        code.store(HIGH);
    }

    /** Pushes the low word of the last source, zero-extended if it is narrower in memory. */
    void lowSource(Op op) {
        if (op.srcKind == Op.MEMORY && op.srcBits == 128) {
            source(op);
            code.load(LOW);
        } else if (op.srcKind == Op.MEMORY) {
            operands.source(op);
        } else {
            low(op.src);
        }
    }

    /** Puts the operand's address in local ADDRESS, and refuses it if it has to be aligned and is not. */
    void aligned(Op op) {
        operands.address(op);
        code.store(ADDRESS);
        if (op.has(Op.ALIGNED)) {
            code.loadRef(Bytecode.CPU);
            code.load(ADDRESS);
            code.call(Bytecode.REGION, "checkAligned", "(L" + Bytecode.CPU_NAME + ";J)V");
        }
    }

    private void load128(Op op) {
        int window = operands.windows.of(op, false);
        code.load(ADDRESS);
        if (operands.windows.isInline(window)) {
            operands.windows.host(window);
            code.store(Bytecode.HOST);
            word(0);
            code.store(LOW);
            word(8);
            code.store(HIGH);
            return;
        }
        operands.windows.call(window, "loadLow128", "J", "J");
        code.store(LOW);
        code.load(ADDRESS);
        code.constant(8L);
        code.op(LADD);
        operands.load(window, 64);
        code.store(HIGH);
    }

    private void word(int offset) {
        code.load(Bytecode.HOST);
        if (offset != 0) {
            code.constant((long) offset);
            code.op(LADD);
        }
        code.call(Bytecode.ACCESS, "get64", "(J)J");
    }

    /** Stores locals LOW and HIGH. */
    void store(Op op) {
        aligned(op);
        code.load(ADDRESS);
        int window = operands.windows.of(op, true);
        if (operands.windows.isInline(window)) {
            operands.windows.host(window);
            code.store(Bytecode.HOST);
            code.load(Bytecode.HOST);
            code.load(LOW);
            code.call(Bytecode.ACCESS, "put64", "(JJ)V");
            code.load(Bytecode.HOST);
            code.constant(8L);
            code.op(LADD);
            code.load(HIGH);
            code.call(Bytecode.ACCESS, "put64", "(JJ)V");
            return;
        }
        code.load(LOW);
        code.load(HIGH);
        operands.windows.call(window, "store128", "JJJ", "V");
    }

    /** Pushes {@code Cpu.vectors}. */
    void array() {
        code.getCpu("vectors", "[J");
    }

    /** From locals to {@code Cpu.vectors}. */
    void spill(int registers) {
        for (int i = 0; i < REGISTERS; i++) {
            if ((registers >> i & 1) != 0) {
                toArray(i * Cpu.VECTOR_WORDS);
            }
        }
    }

    void toArray(int register) {
        array();
        code.constant(register);
        low(register);
        code.op(LASTORE);
        array();
        code.constant(register + 1);
        high(register);
        code.op(LASTORE);
    }

    /** From {@code Cpu.vectors} to locals. */
    void reload(int registers) {
        for (int i = 0; i < REGISTERS; i++) {
            if ((registers >> i & 1) != 0) {
                fromArray(i * Cpu.VECTOR_WORDS);
            }
        }
    }

    void fromArray(int register) {
        array();
        code.constant(register);
        code.op(LALOAD);
        code.store(local(register));
        array();
        code.constant(register + 1);
        code.op(LALOAD);
        code.store(local(register) + HIGHER);
    }
}
