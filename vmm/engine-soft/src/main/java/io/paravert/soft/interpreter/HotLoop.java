package io.paravert.soft.interpreter;

import static io.paravert.soft.semantics.LazyFlags.addAux;
import static io.paravert.soft.semantics.LazyFlags.carry;
import static io.paravert.soft.semantics.LazyFlags.decAux;
import static io.paravert.soft.semantics.LazyFlags.incAux;
import static io.paravert.soft.semantics.LazyFlags.less;
import static io.paravert.soft.semantics.LazyFlags.overflow;
import static io.paravert.soft.semantics.LazyFlags.parity;
import static io.paravert.soft.semantics.LazyFlags.sign;
import static io.paravert.soft.semantics.LazyFlags.signExtend;
import static io.paravert.soft.semantics.LazyFlags.subAux;
import static io.paravert.soft.state.Cpu.RAX;
import static io.paravert.soft.state.Cpu.RDX;
import static io.paravert.soft.state.Cpu.RSP;

import io.paravert.soft.memory.LinearMemory;
import io.paravert.soft.numeric.integer.MulDiv;
import io.paravert.soft.semantics.Shift;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Block;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import org.jspecify.annotations.Nullable;

/**
 * Runs blocks. Common forms of common instructions are cases of one switch, bound to the same {@code semantics} as the statements,
 * which do all the rest. The method must stay under 8,000 bytes of bytecode, or HotSpot will not compile it; a test watches that.
 * vCPU thread only.
 */
final class HotLoop {
    private static final long LOW32 = 0xffff_ffffL;

    private final Core core;
    private final Cpu cpu;
    private final LinearMemory memory;

    HotLoop(Core core) {
        this.core = core;
        this.cpu = core.cpu;
        this.memory = core.memory;
    }

    private static long address(long[] r, Op op) {
        int cut = op.cut;
        return (r[op.base] + (r[op.index] << op.scale) + op.displacement) << cut >>> cut;
    }

    private void flags32(long result, long aux) {
        cpu.flagResult = (int) result;
        cpu.flagAux = aux;
    }

    private void flags64(long result, long aux) {
        cpu.flagResult = result;
        cpu.flagAux = aux;
    }

    /**
     * Runs one block to its end.
     *
     * @param from its operation to begin with
     * @return the block that follows, or null if it has to be looked up at RIP
     */
    @Nullable Block run(Block block, int from) {
        Op[] ops = block.ops;
        long[] r = cpu.r;
        int i = from;
        cpu.codePage = block.protectedPage;
        cpu.instructions += block.instructions - from;
        boolean jumps;
        try {
            loop:
            for (; ; i++) {
                Op op = ops[i];
                switch (op.code) {
                    case Code.STATEMENT -> op.statement.execute(core, op);
                    case Code.JUMP_STATEMENT -> {
                        cpu.rip = block.rip + op.offset + op.length;
                        op.statement.execute(core, op);
                        return null;
                    }
                    case Code.CONTINUE, Code.JMP -> {
                        jumps = true;
                        break loop;
                    }
                    case Code.SYNCHRONIZE -> {
                        cpu.rip = op.immediate;
                        return null;
                    }
                    case Code.CALL -> {
                        long sp = r[RSP] - 8;
                        memory.storeStack(sp, op.displacement);
                        r[RSP] = sp;
                        jumps = true;
                        break loop;
                    }
                    case Code.RET -> {
                        long sp = r[RSP];
                        Branches.jumpTo(core, memory.loadStack(sp));
                        r[RSP] = sp + 8 + op.immediate;
                        return null;
                    }
                    case Code.JCC -> {
                        jumps = overflow(cpu.flagAux);
                        break loop;
                    }
                    case Code.JCC + 1 -> {
                        jumps = !overflow(cpu.flagAux);
                        break loop;
                    }
                    case Code.JCC + 2 -> {
                        jumps = carry(cpu.flagAux);
                        break loop;
                    }
                    case Code.JCC + 3 -> {
                        jumps = !carry(cpu.flagAux);
                        break loop;
                    }
                    case Code.JCC + 4 -> {
                        jumps = cpu.flagResult == 0;
                        break loop;
                    }
                    case Code.JCC + 5 -> {
                        jumps = cpu.flagResult != 0;
                        break loop;
                    }
                    case Code.JCC + 6 -> {
                        jumps = carry(cpu.flagAux) || cpu.flagResult == 0;
                        break loop;
                    }
                    case Code.JCC + 7 -> {
                        jumps = !carry(cpu.flagAux) && cpu.flagResult != 0;
                        break loop;
                    }
                    case Code.JCC + 8 -> {
                        jumps = sign(cpu.flagResult, cpu.flagAux);
                        break loop;
                    }
                    case Code.JCC + 9 -> {
                        jumps = !sign(cpu.flagResult, cpu.flagAux);
                        break loop;
                    }
                    case Code.JCC + 10 -> {
                        jumps = parity(cpu.flagResult, cpu.flagAux);
                        break loop;
                    }
                    case Code.JCC + 11 -> {
                        jumps = !parity(cpu.flagResult, cpu.flagAux);
                        break loop;
                    }
                    case Code.JCC + 12 -> {
                        jumps = less(cpu.flagResult, cpu.flagAux);
                        break loop;
                    }
                    case Code.JCC + 13 -> {
                        jumps = !less(cpu.flagResult, cpu.flagAux);
                        break loop;
                    }
                    case Code.JCC + 14 -> {
                        jumps = less(cpu.flagResult, cpu.flagAux) || cpu.flagResult == 0;
                        break loop;
                    }
                    case Code.JCC + 15 -> {
                        jumps = !less(cpu.flagResult, cpu.flagAux) && cpu.flagResult != 0;
                        break loop;
                    }
                    case Code.MOV_RR64 -> r[op.dst] = r[op.src];
                    case Code.MOV_RR32 -> r[op.dst] = r[op.src] & LOW32;
                    case Code.MOV_RI -> r[op.dst] = op.immediate;
                    case Code.LOAD8 -> r[op.dst] = memory.load8(address(r, op));
                    case Code.LOAD16 -> r[op.dst] = memory.load16(address(r, op));
                    case Code.LOAD32 -> r[op.dst] = memory.load32(address(r, op));
                    case Code.LOAD64 -> r[op.dst] = memory.load64(address(r, op));
                    case Code.LOAD32_SIGNED -> r[op.dst] = (int) memory.load32(address(r, op));
                    case Code.STORE8 -> memory.store8(address(r, op), r[op.src]);
                    case Code.STORE16 -> memory.store16(address(r, op), r[op.src]);
                    case Code.STORE32 -> memory.store32(address(r, op), r[op.src]);
                    case Code.STORE64 -> memory.store64(address(r, op), r[op.src]);
                    case Code.STORE_IMMEDIATE8 -> memory.store8(address(r, op), op.immediate);
                    case Code.STORE_IMMEDIATE32 -> memory.store32(address(r, op), op.immediate);
                    case Code.STORE_IMMEDIATE64 -> memory.store64(address(r, op), op.immediate);
                    case Code.MOVZX8 -> r[op.dst] = r[op.src] & 0xff;
                    case Code.MOVZX16 -> r[op.dst] = r[op.src] & 0xffff;
                    case Code.MOVSXD -> r[op.dst] = (int) r[op.src];
                    case Code.LEA64 -> r[op.dst] = address(r, op);
                    case Code.LEA32 -> r[op.dst] = address(r, op) & LOW32;
                    case Code.ZERO -> {
                        r[op.dst] = 0;
                        flags64(0, 0);
                    }
                    case Code.PUSH64 -> {
                        long sp = r[RSP] - 8;
                        memory.storeStack(sp, r[op.dst]);
                        r[RSP] = sp;
                    }
                    case Code.POP64 -> {
                        long sp = r[RSP];
                        long value = memory.loadStack(sp);
                        r[RSP] = sp + 8;
                        r[op.dst] = value;
                    }
                    case Code.ADD -> r[op.dst] = add32(r[op.dst], r[op.src]);
                    case Code.ADD + 1 -> r[op.dst] = add32(r[op.dst], op.immediate);
                    case Code.ADD + 2 -> r[op.dst] = add32(r[op.dst], memory.load32(address(r, op)));
                    case Code.ADD + 3 -> r[op.dst] = add64(r[op.dst], r[op.src]);
                    case Code.ADD + 4 -> r[op.dst] = add64(r[op.dst], op.immediate);
                    case Code.ADD + 5 -> r[op.dst] = add64(r[op.dst], memory.load64(address(r, op)));
                    case Code.SUB -> r[op.dst] = sub32(r[op.dst], r[op.src]);
                    case Code.SUB + 1 -> r[op.dst] = sub32(r[op.dst], op.immediate);
                    case Code.SUB + 2 -> r[op.dst] = sub32(r[op.dst], memory.load32(address(r, op)));
                    case Code.SUB + 3 -> r[op.dst] = sub64(r[op.dst], r[op.src]);
                    case Code.SUB + 4 -> r[op.dst] = sub64(r[op.dst], op.immediate);
                    case Code.SUB + 5 -> r[op.dst] = sub64(r[op.dst], memory.load64(address(r, op)));
                    case Code.CMP -> sub32(r[op.dst], r[op.src]);
                    case Code.CMP + 1 -> sub32(r[op.dst], op.immediate);
                    case Code.CMP + 2 -> sub32(r[op.dst], memory.load32(address(r, op)));
                    case Code.CMP + 3 -> sub64(r[op.dst], r[op.src]);
                    case Code.CMP + 4 -> sub64(r[op.dst], op.immediate);
                    case Code.CMP + 5 -> sub64(r[op.dst], memory.load64(address(r, op)));
                    case Code.AND -> r[op.dst] = logic32(r[op.dst] & r[op.src]);
                    case Code.AND + 1 -> r[op.dst] = logic32(r[op.dst] & op.immediate);
                    case Code.AND + 2 -> r[op.dst] = logic32(r[op.dst] & memory.load32(address(r, op)));
                    case Code.AND + 3 -> r[op.dst] = logic64(r[op.dst] & r[op.src]);
                    case Code.AND + 4 -> r[op.dst] = logic64(r[op.dst] & op.immediate);
                    case Code.AND + 5 -> r[op.dst] = logic64(r[op.dst] & memory.load64(address(r, op)));
                    case Code.OR -> r[op.dst] = logic32(r[op.dst] | r[op.src]);
                    case Code.OR + 1 -> r[op.dst] = logic32(r[op.dst] | op.immediate);
                    case Code.OR + 2 -> r[op.dst] = logic32(r[op.dst] | memory.load32(address(r, op)));
                    case Code.OR + 3 -> r[op.dst] = logic64(r[op.dst] | r[op.src]);
                    case Code.OR + 4 -> r[op.dst] = logic64(r[op.dst] | op.immediate);
                    case Code.OR + 5 -> r[op.dst] = logic64(r[op.dst] | memory.load64(address(r, op)));
                    case Code.XOR -> r[op.dst] = logic32(r[op.dst] ^ r[op.src]);
                    case Code.XOR + 1 -> r[op.dst] = logic32(r[op.dst] ^ op.immediate);
                    case Code.XOR + 2 -> r[op.dst] = logic32(r[op.dst] ^ memory.load32(address(r, op)));
                    case Code.XOR + 3 -> r[op.dst] = logic64(r[op.dst] ^ r[op.src]);
                    case Code.XOR + 4 -> r[op.dst] = logic64(r[op.dst] ^ op.immediate);
                    case Code.XOR + 5 -> r[op.dst] = logic64(r[op.dst] ^ memory.load64(address(r, op)));
                    case Code.TEST -> logic32(r[op.dst] & r[op.src]);
                    case Code.TEST + 1 -> logic32(r[op.dst] & op.immediate);
                    case Code.TEST + 2 -> logic32(r[op.src] & memory.load32(address(r, op)));
                    case Code.TEST + 3 -> logic64(r[op.dst] & r[op.src]);
                    case Code.TEST + 4 -> logic64(r[op.dst] & op.immediate);
                    case Code.TEST + 5 -> logic64(r[op.src] & memory.load64(address(r, op)));
                    case Code.INC32 -> {
                        long a = r[op.dst];
                        flags32(a + 1, incAux(cpu.flagAux, a, a + 1, 32));
                        r[op.dst] = a + 1 & LOW32;
                    }
                    case Code.INC64 -> {
                        long a = r[op.dst];
                        flags64(a + 1, incAux(cpu.flagAux, a, a + 1, 64));
                        r[op.dst] = a + 1;
                    }
                    case Code.DEC32 -> {
                        long a = r[op.dst];
                        flags32(a - 1, decAux(cpu.flagAux, a, a - 1, 32));
                        r[op.dst] = a - 1 & LOW32;
                    }
                    case Code.DEC64 -> {
                        long a = r[op.dst];
                        flags64(a - 1, decAux(cpu.flagAux, a, a - 1, 64));
                        r[op.dst] = a - 1;
                    }
                    case Code.SHL32 -> {
                        long a = r[op.dst] & LOW32;
                        long x = Shift.shl(a, op.detail, 32);
                        flags32(x, Shift.shlAux(a, op.detail, x, 32));
                        r[op.dst] = x;
                    }
                    case Code.SHL64 -> {
                        long a = r[op.dst];
                        long x = Shift.shl(a, op.detail, 64);
                        flags64(x, Shift.shlAux(a, op.detail, x, 64));
                        r[op.dst] = x;
                    }
                    case Code.SHR32 -> {
                        long a = r[op.dst] & LOW32;
                        long x = Shift.shr(a, op.detail);
                        flags32(x, Shift.shrAux(a, op.detail, 32));
                        r[op.dst] = x;
                    }
                    case Code.SHR64 -> {
                        long a = r[op.dst];
                        long x = Shift.shr(a, op.detail);
                        flags64(x, Shift.shrAux(a, op.detail, 64));
                        r[op.dst] = x;
                    }
                    case Code.SAR32 -> {
                        long a = r[op.dst] & LOW32;
                        long x = Shift.sar(a, op.detail, 32);
                        flags32(x, Shift.sarAux(a, op.detail, 32));
                        r[op.dst] = x;
                    }
                    case Code.SAR64 -> {
                        long a = r[op.dst];
                        long x = Shift.sar(a, op.detail, 64);
                        flags64(x, Shift.sarAux(a, op.detail, 64));
                        r[op.dst] = x;
                    }
                    case Code.ADC_RR64 -> r[op.dst] = adc64(r[op.dst], r[op.src]);
                    case Code.ADC_RI64 -> r[op.dst] = adc64(r[op.dst], op.immediate);
                    case Code.MUL64 -> {
                        long a = r[RAX];
                        long b = r[op.dst];
                        long high = MulDiv.mulHigh(a, b);
                        r[RAX] = a * b;
                        r[RDX] = high;
                        Multiplication.setProductFlags(cpu, a * b, 64, high != 0);
                    }
                    case Code.IMUL32 -> {
                        long x = (long) (int) r[op.dst] * (int) r[op.src];
                        r[op.dst] = x & LOW32;
                        Multiplication.setProductFlags(cpu, x, 32, x != (int) x);
                    }
                    case Code.IMUL64 -> {
                        long a = r[op.dst];
                        long b = r[op.src];
                        r[op.dst] = a * b;
                        Multiplication.setProductFlags(cpu, a * b, 64, MulDiv.imulHigh(a, b) != a * b >> 63);
                    }
                    case Code.CMP_MI8 -> sub8(memory.load8(address(r, op)), op.immediate);
                    case Code.CMP_MI32 -> sub32(memory.load32(address(r, op)), op.immediate);
                    case Code.CMP_MI64 -> sub64(memory.load64(address(r, op)), op.immediate);
                    case Code.TEST_RR8 -> flags64(signExtend(r[op.dst] & r[op.src], 8), 0);
                    case Code.CMP_RI8 -> sub8(r[op.dst], op.immediate);
                    case Code.CMP_RR8 -> sub8(r[op.dst], r[op.src]);
                    case Code.NOT64 -> r[op.dst] = ~r[op.dst];
                    default -> throw new IllegalStateException("operation " + op.code);
                }
            }
        } catch (RuntimeException e) {
            abandon(block, i);
            throw e;
        }
        return next(block, ops[i], jumps);
    }

    /**
     * The one place where blocks are chained: if HotSpot had to put it into every case of the switch, it would stop before the last ones,
     * and call there what it has not compiled.
     */
    private @Nullable Block next(Block block, Op op, boolean jumps) {
        long stamp = core.code.stamp();
        if (jumps) {
            cpu.rip = op.immediate;
            return block.taken(stamp);
        }
        cpu.rip = op.displacement;
        return block.next(stamp);
    }

    /** Makes RIP that of the operation that did not complete, and takes back the count of those after it. */
    private void abandon(Block block, int at) {
        Op op = block.ops[at];
        core.interrupted = op;
        cpu.rip = block.rip + op.offset;
        cpu.instructions -= block.instructions - at;
    }

    private void sub8(long a, long b) {
        flags64(signExtend(a - b, 8), subAux(a, b, a - b, 8));
    }

    private long add32(long a, long b) {
        long x = a + b;
        flags32(x, addAux(a, b, x, 32));
        return x & LOW32;
    }

    private long add64(long a, long b) {
        long x = a + b;
        flags64(x, addAux(a, b, x, 64));
        return x;
    }

    private long adc64(long a, long b) {
        long x = a + b + (cpu.flagAux >>> 63);
        flags64(x, addAux(a, b, x, 64));
        return x;
    }

    private long sub32(long a, long b) {
        long x = a - b;
        flags32(x, subAux(a, b, x, 32));
        return x & LOW32;
    }

    private long sub64(long a, long b) {
        long x = a - b;
        flags64(x, subAux(a, b, x, 64));
        return x;
    }

    private long logic32(long x) {
        flags32(x, 0);
        return x & LOW32;
    }

    private long logic64(long x) {
        flags64(x, 0);
        return x;
    }
}
