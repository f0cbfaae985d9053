package io.paravert.soft.interpreter;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Guards;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;

/** Moves between vector registers, memory and general registers. */
final class VectorMoves {
    private static final long LOW32 = 0xffff_ffffL;

    private VectorMoves() {}

    static void register(InstructionSet set) {
        for (Mnemonic whole : new Mnemonic[] {
            Mnemonic.MOVUPS,
            Mnemonic.MOVUPD,
            Mnemonic.MOVAPS,
            Mnemonic.MOVAPD,
            Mnemonic.MOVDQA,
            Mnemonic.MOVDQU,
            Mnemonic.LDDQU,
            Mnemonic.MOVNTPS,
            Mnemonic.MOVNTPD,
            Mnemonic.MOVNTDQ,
            Mnemonic.MOVNTDQA
        }) {
            set.addVector(whole, VectorMoves::whole);
        }
        set.addVector(Mnemonic.MOVQ, VectorMoves::low64);
        set.addVector(Mnemonic.MOVD, VectorMoves::low64);
        set.addVector(Mnemonic.MOVSS, VectorMoves::scalarSingle);
        set.addVector(Mnemonic.MOVSD, VectorMoves::scalarDouble);
        set.addVector(Mnemonic.MOVLPS, VectorMoves::lowHalf);
        set.addVector(Mnemonic.MOVLPD, VectorMoves::lowHalf);
        set.addVector(Mnemonic.MOVHPS, VectorMoves::highHalf);
        set.addVector(Mnemonic.MOVHPD, VectorMoves::highHalf);
        set.addVector(Mnemonic.MOVHLPS, VectorMoves::highToLow);
        set.addVector(Mnemonic.MOVLHPS, VectorMoves::highHalf);
        set.addVector(Mnemonic.MASKMOVDQU, VectorMoves::masked);
        set.addVector(Mnemonic.LDMXCSR, VectorMoves::loadControl);
        set.addVector(Mnemonic.STMXCSR, VectorMoves::storeControl);
        set.add(Mnemonic.VZEROUPPER, VectorMoves::zeroUpper);
        set.add(Mnemonic.VZEROALL, VectorMoves::zeroAll);
    }

    /** All of a register, to or from a register or memory. */
    static void whole(Core core, Op op) {
        Cpu cpu = core.cpu;
        if (op.dstKind == Op.MEMORY) {
            VectorPlace.guard(cpu, op);
            VectorPlace.store(core, op, op.src, op.bits >> 3);
            return;
        }
        long[] v = VectorPlace.operands(core, op);
        int d = op.dst;
        int s = op.src;
        v[d] = v[s];
        v[d + 1] = v[s + 1];
        if (op.bits == 256) {
            v[d + 2] = v[s + 2];
            v[d + 3] = v[s + 3];
        } else {
            VectorPlace.clearUpper(op, v);
        }
    }

    /** MOVD and MOVQ in all directions: 32 or 64 bits, zero-extended. */
    static void low64(Core core, Op op) {
        Cpu cpu = core.cpu;
        VectorPlace.guard(cpu, op);
        long[] v = cpu.vectors;
        if (op.dstKind == Op.MEMORY) {
            VectorPlace.store(core, op, op.src, op.bits >> 3);
        } else if (op.dstKind == Op.REGISTER) {
            cpu.r[op.dst] = op.bits == 64 ? v[op.src] : v[op.src] & LOW32;
        } else {
            long value = op.srcKind == Op.OTHER ? v[op.src] : Place.source(core, op);
            v[op.dst] = value;
            v[op.dst + 1] = 0;
            VectorPlace.clearUpper(op, v);
        }
    }

    /** From memory the rest is cleared; between registers it comes from the first source. */
    static void scalarSingle(Core core, Op op) {
        scalar(core, op, LOW32);
    }

    static void scalarDouble(Core core, Op op) {
        scalar(core, op, -1L);
    }

    private static void scalar(Core core, Op op, long mask) {
        if (op.dstKind == Op.MEMORY) {
            VectorPlace.guard(core.cpu, op);
            VectorPlace.store(core, op, op.src, op.bits >> 3);
            return;
        }
        long[] v = VectorPlace.operands(core, op);
        if (op.srcKind == Op.MEMORY) {
            v[op.dst] = v[op.src];
            v[op.dst + 1] = 0;
        } else {
            long low = v[op.third] & ~mask | v[op.src] & mask;
            v[op.dst + 1] = v[op.third + 1];
            v[op.dst] = low;
        }
        VectorPlace.clearUpper(op, v);
    }

    /** MOVLPS and MOVLPD. */
    static void lowHalf(Core core, Op op) {
        if (op.dstKind == Op.MEMORY) {
            VectorPlace.guard(core.cpu, op);
            VectorPlace.store(core, op, op.src, 8);
            return;
        }
        long[] v = VectorPlace.operands(core, op);
        v[op.dst + 1] = v[op.third + 1];
        v[op.dst] = v[op.src];
        VectorPlace.clearUpper(op, v);
    }

    /** MOVHPS, MOVHPD and MOVLHPS. */
    static void highHalf(Core core, Op op) {
        if (op.dstKind == Op.MEMORY) {
            VectorPlace.guard(core.cpu, op);
            VectorPlace.store(core, op, op.src + 1, 8);
            return;
        }
        long[] v = VectorPlace.operands(core, op);
        long high = v[op.src];
        v[op.dst] = v[op.third];
        v[op.dst + 1] = high;
        VectorPlace.clearUpper(op, v);
    }

    static void highToLow(Core core, Op op) {
        long[] v = VectorPlace.operands(core, op);
        long low = v[op.src + 1];
        v[op.dst + 1] = v[op.third + 1];
        v[op.dst] = low;
        VectorPlace.clearUpper(op, v);
    }

    /** Bytes of the first operand where the second has its sign bits, to memory at rDI. */
    static void masked(Core core, Op op) {
        VectorPlace.guard(core.cpu, op);
        long[] v = core.cpu.vectors;
        MaskedStore.bytes(core, op, v[op.dst], v[op.dst + 1], v[op.src], v[op.src + 1], 16);
    }

    static void loadControl(Core core, Op op) {
        VectorPlace.guard(core.cpu, op);
        StateSave.setMxcsr(core.cpu, (int) Place.target(core, op));
    }

    static void storeControl(Core core, Op op) {
        VectorPlace.guard(core.cpu, op);
        Place.write(core, op, core.cpu.mxcsr.value());
    }

    private static void guardAvx(Cpu cpu) {
        if ((cpu.guards & Guards.AVX) != 0) {
            throw Guards.fault(cpu, Guards.AVX);
        }
    }

    /** Outside 64-bit mode registers 8 to 15 stay. */
    private static int registers(Cpu cpu) {
        return cpu.is64() ? 16 : 8;
    }

    static void zeroUpper(Core core, Op op) {
        guardAvx(core.cpu);
        long[] v = core.cpu.vectors;
        for (int i = 0; i < registers(core.cpu); i++) {
            v[4 * i + 2] = 0;
            v[4 * i + 3] = 0;
        }
    }

    static void zeroAll(Core core, Op op) {
        guardAvx(core.cpu);
        java.util.Arrays.fill(core.cpu.vectors, 0, 4 * registers(core.cpu), 0);
    }
}
