package io.paravert.soft.interpreter;

import static io.paravert.soft.semantics.LazyFlags.signExtend;
import static io.paravert.soft.semantics.LazyFlags.zeroExtend;
import static io.paravert.soft.state.Cpu.RAX;
import static io.paravert.soft.state.Cpu.RBX;
import static io.paravert.soft.state.Cpu.RCX;
import static io.paravert.soft.state.Cpu.RDX;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.memory.MemoryOrder;
import io.paravert.soft.semantics.LazyFlags;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Rflags;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Segmentation;

/** Moves, exchanges, conversions and what sets single flags. */
final class Moves {
    private static final Mnemonic[] CONDITIONAL_MOVES = {
        Mnemonic.CMOVO, Mnemonic.CMOVNO, Mnemonic.CMOVB, Mnemonic.CMOVAE, Mnemonic.CMOVE, Mnemonic.CMOVNE,
        Mnemonic.CMOVBE, Mnemonic.CMOVA, Mnemonic.CMOVS, Mnemonic.CMOVNS, Mnemonic.CMOVP, Mnemonic.CMOVNP,
        Mnemonic.CMOVL, Mnemonic.CMOVGE, Mnemonic.CMOVLE, Mnemonic.CMOVG
    };
    private static final Mnemonic[] SETS = {
        Mnemonic.SETO, Mnemonic.SETNO, Mnemonic.SETB, Mnemonic.SETAE, Mnemonic.SETE, Mnemonic.SETNE,
        Mnemonic.SETBE, Mnemonic.SETA, Mnemonic.SETS, Mnemonic.SETNS, Mnemonic.SETP, Mnemonic.SETNP,
        Mnemonic.SETL, Mnemonic.SETGE, Mnemonic.SETLE, Mnemonic.SETG
    };

    private Moves() {}

    static void register(InstructionSet set) {
        set.add(Mnemonic.MOV, Moves::mov);
        set.add(Mnemonic.MOVZX, Moves::mov);
        set.add(Mnemonic.MOVNTI, Moves::mov);
        set.add(Mnemonic.MOVSX, Moves::movsx);
        set.add(Mnemonic.MOVSXD, Moves::movsx);
        set.add(Mnemonic.MOVBE, Moves::movbe);
        set.add(Mnemonic.LEA, Moves::lea);
        set.add(Mnemonic.XCHG, Moves::xchg);
        set.add(Mnemonic.XADD, Moves::xadd);
        set.add(Mnemonic.CMPXCHG, Moves::cmpxchg);
        set.add(Mnemonic.CMPXCHG8B, Moves::cmpxchg8b);
        set.add(Mnemonic.CMPXCHG16B, Moves::cmpxchg16b);
        set.add(Mnemonic.BSWAP, Moves::bswap);
        set.add(Mnemonic.XLAT, Moves::xlat);
        for (int cc = 0; cc < 16; cc++) {
            set.add(CONDITIONAL_MOVES[cc], Moves::cmov, cc);
            set.add(SETS[cc], Moves::set, cc);
        }
        set.add(Mnemonic.CBW, (core, op) -> accumulator(core, 8, 16));
        set.add(Mnemonic.CWDE, (core, op) -> accumulator(core, 16, 32));
        set.add(Mnemonic.CDQE, (core, op) -> accumulator(core, 32, 64));
        set.add(Mnemonic.CWD, (core, op) -> signToData(core, 16));
        set.add(Mnemonic.CDQ, (core, op) -> signToData(core, 32));
        set.add(Mnemonic.CQO, (core, op) -> signToData(core, 64));
        set.add(Mnemonic.CLC, (core, op) -> setCarry(core.cpu, false));
        set.add(Mnemonic.STC, (core, op) -> setCarry(core.cpu, true));
        set.add(Mnemonic.CMC, (core, op) -> setCarry(core.cpu, !LazyFlags.carry(core.cpu.flagAux)));
        set.add(Mnemonic.CLD, (core, op) -> core.cpu.systemFlags &= ~Rflags.DF);
        set.add(Mnemonic.STD, (core, op) -> core.cpu.systemFlags |= Rflags.DF);
        set.add(Mnemonic.LAHF, Moves::lahf);
        set.add(Mnemonic.SAHF, Moves::sahf);
        set.add(Mnemonic.SALC, Moves::salc);
        for (Mnemonic nothing : new Mnemonic[] {
            Mnemonic.NOP,
            Mnemonic.PREFETCH,
            Mnemonic.PREFETCHNTA,
            Mnemonic.PREFETCHT0,
            Mnemonic.PREFETCHT1,
            Mnemonic.PREFETCHT2,
            Mnemonic.PREFETCHW,
            Mnemonic.PREFETCHWT1
        }) {
            set.add(nothing, (core, op) -> {});
        }
        set.add(Mnemonic.PAUSE, (core, op) -> core.platform.pause());
        set.add(Mnemonic.LFENCE, (core, op) -> MemoryOrder.afterLoad());
        set.add(Mnemonic.SFENCE, (core, op) -> MemoryOrder.beforeStore());
        set.add(Mnemonic.MFENCE, (core, op) -> MemoryOrder.drain());
    }

    static void mov(Core core, Op op) {
        Place.write(core, op, Place.source(core, op));
    }

    static void movsx(Core core, Op op) {
        Place.write(core, op, signExtend(Place.source(core, op), op.srcBits));
    }

    static void movbe(Core core, Op op) {
        Place.write(core, op, Long.reverseBytes(Place.source(core, op)) >>> 64 - op.bits);
    }

    static void lea(Core core, Op op) {
        Place.writeRegister(core.cpu, Op.REGISTER, op.dst, op.bits, Segmentation.offset(core.cpu, op));
    }

    static void cmov(Core core, Op op) {
        Cpu cpu = core.cpu;
        long value = Place.source(core, op);
        boolean holds = LazyFlags.condition(op.detail, cpu.flagResult, cpu.flagAux);
        Place.write(core, op, holds ? value : cpu.r[op.dst]);
    }

    static void set(Core core, Op op) {
        Place.write(core, op, LazyFlags.condition(op.detail, core.cpu.flagResult, core.cpu.flagAux) ? 1 : 0);
    }

    /** Always locked when one operand is in memory; that one is the first. */
    static void xchg(Core core, Op op) {
        long b = Place.source(core, op);
        long a = Place.targetForUpdate(core, op);
        if (op.dstKind == Op.MEMORY) {
            while (!core.memory.compareAndSet(core.place, op.bytes(), a, b)) {
                a = core.memory.load(core.place, op.bytes());
            }
        } else {
            Place.writeRegister(core.cpu, op.dstKind, op.dst, op.bits, b);
        }
        Place.writeRegister(core.cpu, op.srcKind, op.src, op.bits, a);
    }

    static void xadd(Core core, Op op) {
        long b = Place.source(core, op);
        long a;
        long r;
        do {
            a = Place.targetForUpdate(core, op);
            r = a + b;
            if (op.dstKind != Op.MEMORY) {
                Place.writeRegister(core.cpu, op.srcKind, op.src, op.bits, a);
            }
        } while (!Place.update(core, op, a, r));
        if (op.dstKind == Op.MEMORY) {
            Place.writeRegister(core.cpu, op.srcKind, op.src, op.bits, a);
        }
        Place.setFlags(core.cpu, signExtend(r, op.bits), LazyFlags.addAux(a, b, r, op.bits));
    }

    /** Memory is written in either case, so that a page that cannot be faults in either case. */
    static void cmpxchg(Core core, Op op) {
        Cpu cpu = core.cpu;
        long expected = zeroExtend(cpu.r[RAX], op.bits);
        long fresh = Place.source(core, op);
        long a;
        do {
            a = Place.targetForUpdate(core, op);
            // A register that is not equal is not written, so that a 32-bit one keeps its upper half (as Zen has it).
        } while ((a == expected || op.dstKind == Op.MEMORY) && !Place.update(core, op, a, a == expected ? fresh : a));
        if (a != expected) {
            Place.writeRegister(cpu, Op.REGISTER, RAX, op.bits, a);
        }
        long r = expected - a;
        Place.setFlags(cpu, signExtend(r, op.bits), LazyFlags.subAux(expected, a, r, op.bits));
    }

    static void cmpxchg8b(Core core, Op op) {
        Cpu cpu = core.cpu;
        long[] r = cpu.r;
        long expected = r[RDX] << 32 | r[RAX] & 0xffff_ffffL;
        long fresh = r[RCX] << 32 | r[RBX] & 0xffff_ffffL;
        long a;
        do {
            a = Place.targetForUpdate(core, op);
            // A register that is not equal is not written, so that a 32-bit one keeps its upper half (as Zen has it).
        } while ((a == expected || op.dstKind == Op.MEMORY) && !Place.update(core, op, a, a == expected ? fresh : a));
        if (a != expected) {
            r[RAX] = a & 0xffff_ffffL;
            r[RDX] = a >>> 32;
        }
        setZero(cpu, a == expected);
    }

    private static void setZero(Cpu cpu, boolean zero) {
        int status = cpu.status();
        cpu.setStatus(zero ? status | LazyFlags.ZF : status & ~LazyFlags.ZF);
    }

    private static boolean exchange16(Core core, Op op, long va, long low, long high, long newLow, long newHigh) {
        if (op.has(Op.LOCK)) {
            return core.memory.compareAndSet16(va, low, high, newLow, newHigh);
        }
        core.memory.store64(va, newLow);
        core.memory.store64(va + 8, newHigh);
        return true;
    }

    static void cmpxchg16b(Core core, Op op) {
        Cpu cpu = core.cpu;
        long[] r = cpu.r;
        long va = Segmentation.linear(cpu, op, 16, true);
        if ((va & 15) != 0) {
            throw cpu.fault(Vector.GP);
        }
        core.memory.prepareStore(va, 16);
        boolean equal;
        long low;
        long high;
        do {
            low = core.memory.load64(va);
            high = core.memory.load64(va + 8);
            equal = low == r[RAX] && high == r[RDX];
        } while (!exchange16(core, op, va, low, high, equal ? r[RBX] : low, equal ? r[RCX] : high));
        if (!equal) {
            r[RAX] = low;
            r[RDX] = high;
        }
        setZero(cpu, equal);
    }

    /** Of 16 bits the result is undefined; processors clear them. */
    static void bswap(Core core, Op op) {
        long a = core.cpu.r[op.dst];
        long r = op.bits == 64 ? Long.reverseBytes(a) : op.bits == 32 ? Integer.reverseBytes((int) a) : 0;
        Place.writeRegister(core.cpu, Op.REGISTER, op.dst, op.bits, r);
    }

    /** The operand's base is rBX; AL is added to it. */
    static void xlat(Core core, Op op) {
        Cpu cpu = core.cpu;
        long offset = cpu.r[RBX] + (cpu.r[RAX] & 0xff) << op.cut >>> op.cut;
        long va = op.has(Op.CHECKED)
                ? Segmentation.linear(cpu, op.segment, offset, 1, false)
                : cpu.r[op.segmentBase] + offset;
        Place.writeRegister(cpu, Op.REGISTER, RAX, 8, core.memory.load8(va));
    }

    private static void accumulator(Core core, int from, int to) {
        Place.writeRegister(core.cpu, Op.REGISTER, RAX, to, signExtend(core.cpu.r[RAX], from));
    }

    private static void signToData(Core core, int bits) {
        Place.writeRegister(core.cpu, Op.REGISTER, RDX, bits, signExtend(core.cpu.r[RAX], bits) >> 63);
    }

    private static void setCarry(Cpu cpu, boolean carry) {
        cpu.flagAux = LazyFlags.withCarry(cpu.flagAux, carry);
    }

    private static final int LOW_FLAGS = LazyFlags.STATUS & 0xff;

    static void lahf(Core core, Op op) {
        Place.writeRegister(core.cpu, Op.HIGH_BYTE, RAX, 8, core.cpu.status() & LOW_FLAGS | Rflags.ONE);
    }

    static void sahf(Core core, Op op) {
        Cpu cpu = core.cpu;
        cpu.setStatus(cpu.status() & ~LOW_FLAGS | (int) (cpu.r[RAX] >>> 8) & LOW_FLAGS);
    }

    static void salc(Core core, Op op) {
        Place.writeRegister(core.cpu, Op.REGISTER, RAX, 8, LazyFlags.carry(core.cpu.flagAux) ? 0xff : 0);
    }
}
