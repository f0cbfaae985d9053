package io.paravert.soft.interpreter;

import static io.paravert.soft.semantics.LazyFlags.signExtend;
import static io.paravert.soft.state.Cpu.RAX;
import static io.paravert.soft.state.Cpu.RCX;
import static io.paravert.soft.state.Cpu.RDI;
import static io.paravert.soft.state.Cpu.RDX;
import static io.paravert.soft.state.Cpu.RSI;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.memory.BulkAccess;
import io.paravert.soft.semantics.LazyFlags;
import io.paravert.soft.state.CodeMode;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Rflags;
import io.paravert.soft.state.Segment;
import io.paravert.soft.state.Unwind;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Segmentation;

/**
 * String instructions. Each iteration is complete before the next begins, so that a fault or an interrupt between them leaves exact
 * registers; what fits in a page is moved at once.
 */
final class Strings {
    /** Iterations after which pending events get their turn. */
    private static final int TURN = 4096;

    private static final long PAGE = 4096;

    private Strings() {}

    static void register(InstructionSet set) {
        set.add(Mnemonic.MOVS, (core, op) -> repeat(core, op, Strings::moveBulk, Strings::move, false));
        set.add(Mnemonic.STOS, (core, op) -> repeat(core, op, Strings::storeBulk, Strings::store, false));
        set.add(Mnemonic.LODS, (core, op) -> repeat(core, op, Strings::noBulk, Strings::load, false));
        set.add(Mnemonic.CMPS, (core, op) -> repeat(core, op, Strings::compareBulk, Strings::compare, true));
        set.add(Mnemonic.SCAS, (core, op) -> repeat(core, op, Strings::scanBulk, Strings::scan, true));
        set.add(Mnemonic.INS, Ports::insertString);
        set.add(Mnemonic.OUTS, Ports::outputString);
    }

    /** One iteration; returns false if the repetition ends here although the count is not exhausted. */
    interface Step {
        boolean run(Core core, Op op);
    }

    /**
     * Many iterations at once: how many were done, of at most {@code count}. Those of comparisons leave one at least, which makes the
     * flags.
     */
    interface Bulk {
        long run(Core core, Op op, long count);
    }

    static boolean isRepeated(Op op) {
        return (op.flags & (Op.REP | Op.REPNE)) != 0;
    }

    static long count(Cpu cpu, Op op) {
        return cpu.r[RCX] << op.cut >>> op.cut;
    }

    static void setCount(Cpu cpu, Op op, long count) {
        Place.writeRegister(cpu, Op.REGISTER, RCX, 64 - op.cut, count);
    }

    private static void repeat(Core core, Op op, Bulk bulk, Step step, boolean compares) {
        if (!isRepeated(op)) {
            step.run(core, op);
            return;
        }
        Cpu cpu = core.cpu;
        long left = count(cpu, op);
        boolean one = (cpu.mode & CodeMode.STEP) != 0;
        int turn = 0;
        while (left != 0) {
            long done = one ? 0 : bulk.run(core, op, left);
            boolean goesOn = true;
            if (done == 0 || compares) {
                goesOn = step.run(core, op);
                done++;
            }
            core.log.retire();
            left -= done;
            setCount(cpu, op, left);
            if (!goesOn) {
                return;
            }
            turn += (int) done;
            if (left != 0 && (one || turn >= TURN)) {
                if (one || cpu.pending.poll() != 0) {
                    throw Unwind.REPEAT;
                }
                turn = 0;
            }
        }
    }

    private static long stride(Core core, Op op) {
        return core.cpu.has(Rflags.DF) ? -op.bytes() : op.bytes();
    }

    private static long pointer(Cpu cpu, Op op, int register) {
        return cpu.r[register] << op.cut >>> op.cut;
    }

    private static void advance(Cpu cpu, Op op, int register, long distance) {
        Place.writeRegister(cpu, Op.REGISTER, register, 64 - op.cut, cpu.r[register] + distance);
    }

    static long sourceAddress(Core core, Op op, int bytes) {
        return Segmentation.linear(core.cpu, op.segment, pointer(core.cpu, op, RSI), bytes, false);
    }

    static long targetAddress(Core core, Op op, int bytes, boolean store) {
        return Segmentation.linear(core.cpu, Segment.ES, pointer(core.cpu, op, RDI), bytes, store);
    }

    private static boolean move(Core core, Op op) {
        int bytes = op.bytes();
        long stride = stride(core, op);
        long value = core.memory.load(sourceAddress(core, op, bytes), bytes);
        core.memory.store(targetAddress(core, op, bytes, true), bytes, value);
        advance(core.cpu, op, RSI, stride);
        advance(core.cpu, op, RDI, stride);
        return true;
    }

    private static boolean store(Core core, Op op) {
        core.memory.store(targetAddress(core, op, op.bytes(), true), op.bytes(), core.cpu.r[RAX]);
        advance(core.cpu, op, RDI, stride(core, op));
        return true;
    }

    private static boolean load(Core core, Op op) {
        long value = core.memory.load(sourceAddress(core, op, op.bytes()), op.bytes());
        Place.writeRegister(core.cpu, Op.REGISTER, RAX, op.bits, value);
        advance(core.cpu, op, RSI, stride(core, op));
        return true;
    }

    private static boolean compare(Core core, Op op) {
        int bytes = op.bytes();
        long stride = stride(core, op);
        if (!isRepeated(op)) {
            // Where both fault, AMD's processors report the target's, but for repeated ones.
            core.memory.load(targetAddress(core, op, bytes, false), bytes);
        }
        long a = core.memory.load(sourceAddress(core, op, bytes), bytes);
        long b = core.memory.load(targetAddress(core, op, bytes, false), bytes);
        advance(core.cpu, op, RSI, stride);
        advance(core.cpu, op, RDI, stride);
        return compared(core.cpu, op, a, b);
    }

    private static boolean scan(Core core, Op op) {
        long b = core.memory.load(targetAddress(core, op, op.bytes(), false), op.bytes());
        advance(core.cpu, op, RDI, stride(core, op));
        return compared(core.cpu, op, LazyFlags.zeroExtend(core.cpu.r[RAX], op.bits), b);
    }

    private static boolean compared(Cpu cpu, Op op, long a, long b) {
        long r = a - b;
        Place.setFlags(cpu, signExtend(r, op.bits), LazyFlags.subAux(a, b, r, op.bits));
        return op.has(Op.REPNE) ? a != b : a == b;
    }

    private static long noBulk(Core core, Op op, long count) {
        return 0;
    }

    private static long moveBulk(Core core, Op op, long count) {
        Cpu cpu = core.cpu;
        int bytes = op.bytes();
        if (cpu.has(Rflags.DF)) {
            return 0;
        }
        long from = sourceAddress(core, op, bytes);
        long to = targetAddress(core, op, bytes, true);
        long n = count;
        if (!isUnlimited(cpu, op)) {
            n = Math.min(n, Math.min(inPage(from), inPage(to)) / bytes);
            n = Math.min(n, beforeWrap(cpu, op, RSI, bytes));
            n = Math.min(n, beforeWrap(cpu, op, RDI, bytes));
            n = withinLimits(core, op, n * bytes) ? n : 0;
        }
        n = BulkAccess.move(to, from, n, bytes, core.memory);
        advance(cpu, op, RSI, n * bytes);
        advance(cpu, op, RDI, n * bytes);
        return n;
    }

    private static long storeBulk(Core core, Op op, long count) {
        Cpu cpu = core.cpu;
        int bytes = op.bytes();
        if (cpu.has(Rflags.DF)) {
            return 0;
        }
        long to = targetAddress(core, op, bytes, true);
        long n = count;
        if (!isUnlimited(cpu, op)) {
            n = Math.min(Math.min(n, inPage(to) / bytes), beforeWrap(cpu, op, RDI, bytes));
            n = targetWithinLimit(core, op, n * bytes) ? n : 0;
        }
        n = BulkAccess.fill(to, cpu.r[RAX], n, bytes, core.memory);
        advance(cpu, op, RDI, n * bytes);
        return n;
    }

    private static long compareBulk(Core core, Op op, long count) {
        Cpu cpu = core.cpu;
        if (cpu.has(Rflags.DF) || op.has(Op.REPNE) || !isUnlimited(cpu, op)) {
            return 0;
        }
        int bytes = op.bytes();
        long from = sourceAddress(core, op, bytes);
        long to = targetAddress(core, op, bytes, false);
        long n = BulkAccess.equal(from, to, count, bytes, core.memory);
        advance(cpu, op, RSI, n * bytes);
        advance(cpu, op, RDI, n * bytes);
        return n;
    }

    private static long scanBulk(Core core, Op op, long count) {
        Cpu cpu = core.cpu;
        if (cpu.has(Rflags.DF) || !isUnlimited(cpu, op)) {
            return 0;
        }
        int bytes = op.bytes();
        long at = targetAddress(core, op, bytes, false);
        long n = BulkAccess.run(at, cpu.r[RAX], !op.has(Op.REPNE), count, bytes, core.memory);
        advance(cpu, op, RDI, n * bytes);
        return n;
    }

    /** Addresses are 64 bits wide, and segments have no limits. */
    private static boolean isUnlimited(Cpu cpu, Op op) {
        return op.cut == 0 && cpu.is64();
    }

    private static long inPage(long linear) {
        return PAGE - (linear & (PAGE - 1));
    }

    /** Elements before the address register passes the end of its width. */
    private static long beforeWrap(Cpu cpu, Op op, int register, int bytes) {
        return op.cut == 0 ? Long.MAX_VALUE : ((1L << 64 - op.cut) - pointer(cpu, op, register)) / bytes;
    }

    private static boolean withinLimits(Core core, Op op, long bytes) {
        return core.cpu.is64() || sourceWithinLimit(core, op, bytes) && targetWithinLimit(core, op, bytes);
    }

    private static boolean sourceWithinLimit(Core core, Op op, long bytes) {
        return isWithin(core.cpu.segments[op.segment], pointer(core.cpu, op, RSI), bytes);
    }

    private static boolean targetWithinLimit(Core core, Op op, long bytes) {
        return core.cpu.is64() || isWithin(core.cpu.segments[Segment.ES], pointer(core.cpu, op, RDI), bytes);
    }

    private static boolean isWithin(Segment segment, long offset, long bytes) {
        boolean expandDown = !segment.is(Segment.CODE) && segment.is(Segment.EXPAND_DOWN_OR_CONFORMING);
        return !expandDown && offset + bytes - 1 <= segment.limit;
    }

    /** The port of INS and OUTS. */
    static int port(Cpu cpu) {
        return (int) cpu.r[RDX] & 0xffff;
    }

    static void advanceBy(Core core, Op op, int register, long elements, int bytes) {
        advance(core.cpu, op, register, elements * (core.cpu.has(Rflags.DF) ? -bytes : bytes));
    }
}
