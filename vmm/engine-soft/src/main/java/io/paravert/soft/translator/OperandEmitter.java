package io.paravert.soft.translator;

import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Op;
import org.objectweb.asm.Opcodes;

/** Registers and memory operands. Notes which general registers a region uses and writes. */
final class OperandEmitter implements Opcodes {
    private static final String MEMORY = "L" + Bytecode.MEMORY_NAME + ";";

    private final Bytecode code;
    final WindowEmitter windows;
    /** General registers that are locals of the region, by number, and those that it changes. */
    int used;

    int written;

    OperandEmitter(Bytecode code, WindowEmitter windows) {
        this.code = code;
        this.windows = windows;
    }

    private static int local(int register) {
        return Bytecode.GENERAL + 2 * register;
    }

    /** Pushes all 64 bits. */
    void register(int number) {
        used |= 1 << number;
        code.load(local(number));
    }

    void setRegister(int number) {
        used |= 1 << number;
        written |= 1 << number;
        code.store(local(number));
    }

    /** Pops a long into a register as the processor writes it. */
    void setRegister(int kind, int number, int bits) {
        if (bits == 64) {
            setRegister(number);
            return;
        }
        if (bits == 32) {
            code.zeroExtend(32);
            setRegister(number);
            return;
        }
        code.zeroExtend(bits);
        int shift = kind == Op.HIGH_BYTE ? 8 : 0;
        if (shift != 0) {
            code.constant(8);
            code.op(LSHL);
        }
        register(number);
        code.constant(~((-1L >>> 64 - bits) << shift));
        code.op(LAND);
        code.op(LOR);
        setRegister(number);
    }

    /** Pushes a register's value; bits above the width are anything, but for a high byte. */
    void raw(int kind, int number) {
        register(number);
        if (kind == Op.HIGH_BYTE) {
            code.constant(8);
            code.op(LUSHR);
            code.zeroExtend(8);
        }
    }

    /** Pushes the second operand; bits above its width are anything. */
    void source(Op op) {
        switch (op.srcKind) {
            case Op.IMMEDIATE -> code.constant(op.immediate);
            case Op.MEMORY -> {
                address(op);
                load(windows.of(op, false), op.srcBits);
            }
            default -> raw(op.srcKind, op.src);
        }
    }

    /** Pushes the second operand, zero-extended. */
    void exactSource(Op op) {
        source(op);
        if (op.srcKind == Op.REGISTER || op.srcKind == Op.IMMEDIATE) {
            code.zeroExtend(op.srcBits);
        }
    }

    /** Pushes the first operand, which is only read; bits above its width are anything. */
    void target(Op op) {
        if (op.dstKind == Op.MEMORY) {
            address(op);
            load(windows.of(op, false), op.bits);
        } else {
            raw(op.dstKind, op.dst);
        }
    }

    void effective(Op op) {
        boolean any = term(op.base, 0);
        if (op.index != Cpu.ZERO) {
            term(op.index, op.scale);
            if (any) {
                code.op(LADD);
            }
            any = true;
        }
        if (op.displacement != 0 || !any) {
            code.constant(op.displacement);
            if (any) {
                code.op(LADD);
            }
        }
        if (op.cut != 0) {
            code.zeroExtend(64 - op.cut);
        }
    }

    private boolean term(int number, int scale) {
        if (number == Cpu.ZERO) {
            return false;
        }
        if (number > Cpu.ZERO) {
            base(number);
        } else {
            register(number);
        }
        if (scale != 0) {
            code.constant(scale);
            code.op(LSHL);
        }
        return true;
    }

    private void base(int number) {
        code.loadRef(Bytecode.REGISTERS);
        code.constant(number);
        code.op(LALOAD);
    }

    /** Pushes the memory operand's linear address. */
    void address(Op op) {
        effective(op);
        if (op.segmentBase != Cpu.ZERO) {
            base(op.segmentBase);
            code.op(LADD);
        }
    }

    /** Pops an address, pushes what stands there, zero-extended. */
    void load(int window, int bits) {
        if (windows.isInline(window)) {
            windows.host(window);
            code.call(Bytecode.ACCESS, "get" + bits, "(J)J");
        } else {
            windows.call(window, "load" + bits, "J", "J");
        }
    }

    /** Stores local {@code value} at the address on the stack. */
    void store(int window, int bits, int value) {
        if (windows.isInline(window)) {
            windows.host(window);
            code.load(value);
            code.call(Bytecode.ACCESS, "put" + bits, "(JJ)V");
        } else {
            code.load(value);
            windows.call(window, "store" + bits, "JJ", "V");
        }
    }

    /** Pushes what stands at local ADDRESS on the stack. */
    void loadStack() {
        code.load(Bytecode.ADDRESS);
        int window = windows.ofStack(false);
        if (windows.isInline(window)) {
            load(window, 64);
        } else {
            windows.call(window, "loadStack", "J", "J");
        }
    }

    void storeStack(int value) {
        code.load(Bytecode.ADDRESS);
        int window = windows.ofStack(true);
        if (windows.isInline(window)) {
            store(window, 64, value);
        } else {
            code.load(value);
            windows.call(window, "storeStack", "JJ", "V");
        }
    }

    /** Pushes the first operand, to be followed by {@link #updateMemory}. */
    void targetForUpdate(Op op) {
        if (op.dstKind != Op.MEMORY) {
            raw(op.dstKind, op.dst);
            return;
        }
        address(op);
        int window = windows.of(op, true);
        if (windows.isInline(window)) {
            windows.host(window);
            code.store(Bytecode.HOST);
            code.load(Bytecode.HOST);
            code.call(Bytecode.ACCESS, "get" + op.bits, "(J)J");
            return;
        }
        code.store(Bytecode.ADDRESS);
        code.load(Bytecode.ADDRESS);
        code.constant(op.bytes());
        windows.call(window, "hostForUpdate", "JI", "J");
        code.store(Bytecode.HOST);
        code.loadRef(Bytecode.MEMORY);
        code.load(Bytecode.HOST);
        code.load(Bytecode.ADDRESS);
        code.constant(op.bytes());
        code.call(Bytecode.ACCESS, "loadForUpdate", "(" + MEMORY + "JJI)J");
    }

    /** Writes local {@code value} to memory if the first operand is there. */
    void updateMemory(Op op, int value) {
        if (op.dstKind == Op.MEMORY && windows.isInline(windows.of(op, true))) {
            code.load(Bytecode.HOST);
            code.load(value);
            code.call(Bytecode.ACCESS, "put" + op.bits, "(JJ)V");
        } else if (op.dstKind == Op.MEMORY) {
            code.loadRef(Bytecode.MEMORY);
            code.load(Bytecode.HOST);
            code.load(Bytecode.ADDRESS);
            code.constant(op.bytes());
            code.load(value);
            code.call(Bytecode.ACCESS, "storeUpdated", "(" + MEMORY + "JJIJ)V");
        }
    }

    /** Writes local {@code value} to a register if that is the first operand. */
    void updateRegister(Op op, int value) {
        if (op.dstKind != Op.MEMORY) {
            code.load(value);
            setRegister(op.dstKind, op.dst, op.bits);
        }
    }

    /** Writes local {@code value} to the first operand, which was not read. */
    void write(Op op, int value) {
        if (op.dstKind == Op.MEMORY) {
            address(op);
            store(windows.of(op, true), op.bits, value);
        } else {
            updateRegister(op, value);
        }
    }

    /** From locals to {@code Cpu.r}. */
    void spill(int registers) {
        for (int i = 0; i < 16; i++) {
            if ((registers >> i & 1) != 0) {
                code.loadRef(Bytecode.REGISTERS);
                code.constant(i);
                code.load(local(i));
                code.op(LASTORE);
            }
        }
    }

    /** From {@code Cpu.r} to locals. */
    void reload(int registers) {
        for (int i = 0; i < 16; i++) {
            if ((registers >> i & 1) != 0) {
                code.loadRef(Bytecode.REGISTERS);
                code.constant(i);
                code.op(LALOAD);
                code.store(local(i));
            }
        }
    }
}
