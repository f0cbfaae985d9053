package io.paravert.soft.interpreter;

import io.paravert.soft.semantics.LazyFlags;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Segmentation;

/** Reading and writing the general operands of an operation, whatever kind they are. Values are zero-extended. */
final class Place {
    private Place() {}

    static long readRegister(Cpu cpu, int kind, int number, int bits) {
        return kind == Op.HIGH_BYTE ? cpu.r[number] >>> 8 & 0xff : LazyFlags.zeroExtend(cpu.r[number], bits);
    }

    /** Writes as the processor does: 32 bits clear the upper half, 16 and 8 bits leave the rest. */
    static void writeRegister(Cpu cpu, int kind, int number, int bits, long value) {
        long[] r = cpu.r;
        switch (bits) {
            case 64 -> r[number] = value;
            case 32 -> r[number] = value & 0xffff_ffffL;
            case 16 -> r[number] = r[number] & ~0xffffL | value & 0xffff;
            default -> {
                if (kind == Op.HIGH_BYTE) {
                    r[number] = r[number] & ~0xff00L | (value & 0xff) << 8;
                } else {
                    r[number] = r[number] & ~0xffL | value & 0xff;
                }
            }
        }
    }

    /** The second operand, {@code op.srcBits} wide. */
    static long source(Core core, Op op) {
        return switch (op.srcKind) {
            case Op.IMMEDIATE -> LazyFlags.zeroExtend(op.immediate, op.srcBits);
            case Op.MEMORY -> load(core, op, op.srcBits >> 3);
            default -> readRegister(core.cpu, op.srcKind, op.src, op.srcBits);
        };
    }

    static long load(Core core, Op op, int bytes) {
        return core.memory.load(Segmentation.linear(core.cpu, op, bytes, false), bytes);
    }

    /** The first operand, only read. */
    static long target(Core core, Op op) {
        return op.dstKind == Op.MEMORY
                ? load(core, op, op.bytes())
                : readRegister(core.cpu, op.dstKind, op.dst, op.bits);
    }

    /** The first operand, to be followed by {@link #update}; faults as the store would. */
    static long targetForUpdate(Core core, Op op) {
        if (op.dstKind != Op.MEMORY) {
            return readRegister(core.cpu, op.dstKind, op.dst, op.bits);
        }
        core.place = Segmentation.linear(core.cpu, op, op.bytes(), true);
        return core.memory.loadForUpdate(core.place, op.bytes());
    }

    /**
     * Writes the first operand.
     *
     * @param old what {@link #targetForUpdate} gave
     * @return false if the instruction is LOCK-ed and another vCPU came between: begin again
     */
    static boolean update(Core core, Op op, long old, long value) {
        if (op.dstKind != Op.MEMORY) {
            writeRegister(core.cpu, op.dstKind, op.dst, op.bits, value);
            return true;
        }
        if (op.has(Op.LOCK)) {
            return core.memory.compareAndSet(core.place, op.bytes(), old, LazyFlags.zeroExtend(value, op.bits));
        }
        core.memory.store(core.place, op.bytes(), value);
        return true;
    }

    /** Writes the first operand, which was not read. */
    static void write(Core core, Op op, long value) {
        if (op.dstKind == Op.MEMORY) {
            core.memory.store(Segmentation.linear(core.cpu, op, op.bytes(), true), op.bytes(), value);
        } else {
            writeRegister(core.cpu, op.dstKind, op.dst, op.bits, value);
        }
    }

    static void setFlags(Cpu cpu, long result, long aux) {
        cpu.flagResult = result;
        cpu.flagAux = aux;
    }
}
