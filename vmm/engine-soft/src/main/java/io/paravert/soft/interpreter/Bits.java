package io.paravert.soft.interpreter;

import static io.paravert.soft.semantics.LazyFlags.signExtend;
import static io.paravert.soft.state.Cpu.RCX;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.numeric.integer.BitScan;
import io.paravert.soft.numeric.integer.Crc32c;
import io.paravert.soft.numeric.integer.Rotate;
import io.paravert.soft.semantics.LazyFlags;
import io.paravert.soft.semantics.Shift;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Segmentation;

/** Shifts, rotates, bit tests and bit scans. */
final class Bits {
    private Bits() {}

    static void register(InstructionSet set) {
        set.add(Mnemonic.SHL, Bits::shl);
        set.add(Mnemonic.SHR, Bits::shr);
        set.add(Mnemonic.SAR, Bits::sar);
        set.add(Mnemonic.ROL, Bits::rol);
        set.add(Mnemonic.ROR, Bits::ror);
        set.add(Mnemonic.RCL, Bits::rcl);
        set.add(Mnemonic.RCR, Bits::rcr);
        set.add(Mnemonic.SHLD, Bits::shld);
        set.add(Mnemonic.SHRD, Bits::shrd);
        set.add(Mnemonic.BT, Bits::bt);
        set.add(Mnemonic.BTS, Bits::bts);
        set.add(Mnemonic.BTR, Bits::btr);
        set.add(Mnemonic.BTC, Bits::btc);
        set.add(Mnemonic.BSF, Bits::bsf);
        set.add(Mnemonic.BSR, Bits::bsr);
        set.add(Mnemonic.TZCNT, Bits::tzcnt);
        set.add(Mnemonic.LZCNT, Bits::lzcnt);
        set.add(Mnemonic.POPCNT, Bits::popcnt);
        set.add(Mnemonic.CRC32, Bits::crc32);
    }

    /** The masked count: the immediate or CL. */
    private static int count(Core core, Op op) {
        return Shift.maskCount(op.srcKind == Op.IMMEDIATE ? op.immediate : core.cpu.r[RCX], op.bits);
    }

    static void shl(Core core, Op op) {
        int n = count(core, op);
        long a = Place.targetForUpdate(core, op);
        long r = Shift.shl(a, n, op.bits);
        Place.update(core, op, a, r);
        if (n != 0) {
            Place.setFlags(core.cpu, signExtend(r, op.bits), Shift.shlAux(a, n, r, op.bits));
        }
    }

    static void shr(Core core, Op op) {
        int n = count(core, op);
        long a = Place.targetForUpdate(core, op);
        long r = Shift.shr(a, n);
        Place.update(core, op, a, r);
        if (n != 0) {
            Place.setFlags(core.cpu, signExtend(r, op.bits), Shift.shrAux(a, n, op.bits));
        }
    }

    static void sar(Core core, Op op) {
        int n = count(core, op);
        long a = Place.targetForUpdate(core, op);
        long r = Shift.sar(a, n, op.bits);
        Place.update(core, op, a, r);
        if (n != 0) {
            Place.setFlags(core.cpu, signExtend(r, op.bits), Shift.sarAux(a, n, op.bits));
        }
    }

    /** Flags of a rotate by more than 0: CF and OF, the others stay. */
    private static void setCarryOverflow(Cpu cpu, int flags) {
        cpu.flagAux =
                LazyFlags.withCarryAndOverflow(cpu.flagAux, (flags & LazyFlags.CF) != 0, (flags & LazyFlags.OF) != 0);
    }

    static void rol(Core core, Op op) {
        int n = count(core, op);
        long a = Place.targetForUpdate(core, op);
        Place.update(core, op, a, Rotate.rol(a, n, op.bits));
        if (n != 0) {
            setCarryOverflow(core.cpu, Rotate.rolFlags(a, n, op.bits, 0));
        }
    }

    static void ror(Core core, Op op) {
        int n = count(core, op);
        long a = Place.targetForUpdate(core, op);
        Place.update(core, op, a, Rotate.ror(a, n, op.bits));
        if (n != 0) {
            setCarryOverflow(core.cpu, Rotate.rorFlags(a, n, op.bits, 0));
        }
    }

    static void rcl(Core core, Op op) {
        int n = count(core, op);
        int old = (int) (core.cpu.flagAux >>> 63);
        long a = Place.targetForUpdate(core, op);
        Place.update(core, op, a, Rotate.rcl(a, n, op.bits, old));
        if (n != 0) {
            setCarryOverflow(core.cpu, Rotate.rclFlags(a, n, op.bits, old));
        }
    }

    static void rcr(Core core, Op op) {
        int n = count(core, op);
        int old = (int) (core.cpu.flagAux >>> 63);
        long a = Place.targetForUpdate(core, op);
        Place.update(core, op, a, Rotate.rcr(a, n, op.bits, old));
        if (n != 0) {
            setCarryOverflow(core.cpu, Rotate.rcrFlags(a, n, op.bits, old));
        }
    }

    /** SHLD and SHRD: the second operand is a register, the count an immediate (detail 1) or CL. */
    private static int doubleCount(Core core, Op op) {
        return (int) (op.detail != 0 ? op.immediate : core.cpu.r[RCX]) & 0xff;
    }

    static void shld(Core core, Op op) {
        int n = doubleCount(core, op);
        long b = core.cpu.r[op.src];
        long a = Place.targetForUpdate(core, op);
        Place.update(core, op, a, Rotate.shld(a, b, n, op.bits));
        core.cpu.setStatus(Rotate.shldFlags(a, b, n, op.bits, core.cpu.status()));
    }

    static void shrd(Core core, Op op) {
        int n = doubleCount(core, op);
        long b = core.cpu.r[op.src];
        long a = Place.targetForUpdate(core, op);
        Place.update(core, op, a, Rotate.shrd(a, b, n, op.bits));
        core.cpu.setStatus(Rotate.shrdFlags(a, b, n, op.bits, core.cpu.status()));
    }

    /** A bit index in a register reaches beyond a memory operand, in units of its size (Intel SDM vol. 2, BT). */
    private static long bitPlace(Core core, Op op, boolean store) {
        Cpu cpu = core.cpu;
        long units = op.srcKind == Op.REGISTER
                ? signExtend(cpu.r[op.src], op.bits) >> (op.bits == 64 ? 6 : op.bits == 32 ? 5 : 4)
                : 0;
        long offset = Segmentation.offset(cpu, op) + units * op.bytes() << op.cut >>> op.cut;
        return op.has(Op.CHECKED)
                ? Segmentation.linear(cpu, op.segment, offset, op.bytes(), store)
                : cpu.r[op.segmentBase] + offset;
    }

    private static int bitIndex(Core core, Op op) {
        return (int) (op.srcKind == Op.IMMEDIATE ? op.immediate : core.cpu.r[op.src]) & op.bits - 1;
    }

    static void bt(Core core, Op op) {
        long a = op.dstKind == Op.MEMORY ? core.memory.load(bitPlace(core, op, false), op.bytes()) : core.cpu.r[op.dst];
        setCarry(core.cpu, a >>> bitIndex(core, op));
    }

    private static void setCarry(Cpu cpu, long bit) {
        cpu.flagAux = LazyFlags.withCarry(cpu.flagAux, (bit & 1) != 0);
    }

    private static long bitTarget(Core core, Op op) {
        if (op.dstKind != Op.MEMORY) {
            return Place.targetForUpdate(core, op);
        }
        core.place = bitPlace(core, op, true);
        return core.memory.loadForUpdate(core.place, op.bytes());
    }

    static void bts(Core core, Op op) {
        int n = bitIndex(core, op);
        long a;
        do {
            a = bitTarget(core, op);
        } while (!Place.update(core, op, a, a | 1L << n));
        setCarry(core.cpu, a >>> n);
    }

    static void btr(Core core, Op op) {
        int n = bitIndex(core, op);
        long a;
        do {
            a = bitTarget(core, op);
        } while (!Place.update(core, op, a, a & ~(1L << n)));
        setCarry(core.cpu, a >>> n);
    }

    static void btc(Core core, Op op) {
        int n = bitIndex(core, op);
        long a;
        do {
            a = bitTarget(core, op);
        } while (!Place.update(core, op, a, a ^ 1L << n));
        setCarry(core.cpu, a >>> n);
    }

    static void bsf(Core core, Op op) {
        long s = Place.source(core, op);
        long index = BitScan.bsf(s, op.bits, 0);
        if (s != 0) {
            Place.write(core, op, index);
        }
        core.cpu.setStatus(BitScan.scanFlags(s, index, op.bits, core.cpu.status()));
    }

    static void bsr(Core core, Op op) {
        long s = Place.source(core, op);
        long index = BitScan.bsr(s, op.bits, 0);
        if (s != 0) {
            Place.write(core, op, index);
        }
        core.cpu.setStatus(BitScan.scanFlags(s, index, op.bits, core.cpu.status()));
    }

    static void tzcnt(Core core, Op op) {
        long s = Place.source(core, op);
        long r = BitScan.tzcnt(s, op.bits);
        Place.write(core, op, r);
        core.cpu.setStatus(BitScan.countFlags(s, r, op.bits, core.cpu.status()));
    }

    static void lzcnt(Core core, Op op) {
        long s = Place.source(core, op);
        long r = BitScan.lzcnt(s, op.bits);
        Place.write(core, op, r);
        core.cpu.setStatus(BitScan.countFlags(s, r, op.bits, core.cpu.status()));
    }

    static void popcnt(Core core, Op op) {
        long s = Place.source(core, op);
        Place.write(core, op, BitScan.popcnt(s, op.bits));
        core.cpu.setStatus(BitScan.popcntFlags(s, op.bits, core.cpu.status()));
    }

    static void crc32(Core core, Op op) {
        long s = Place.source(core, op);
        core.cpu.r[op.dst] = Crc32c.crc32(core.cpu.r[op.dst], s, op.srcBits);
    }
}
