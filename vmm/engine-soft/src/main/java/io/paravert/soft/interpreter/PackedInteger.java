package io.paravert.soft.interpreter;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.numeric.simd.Blend;
import io.paravert.soft.numeric.simd.PackedAdd;
import io.paravert.soft.numeric.simd.PackedCompare;
import io.paravert.soft.numeric.simd.PackedConvert;
import io.paravert.soft.numeric.simd.PackedMultiply;
import io.paravert.soft.numeric.simd.PackedShift;
import io.paravert.soft.numeric.simd.Vectors;
import io.paravert.soft.numeric.simd.WordOp;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Statement;

/** Packed integer arithmetic, comparison, logic and shifts on XMM and YMM registers. */
final class PackedInteger {
    private PackedInteger() {}

    static void register(InstructionSet set) {
        registerLogic(set);
        registerWords(set);
        registerPairs(set);
        registerShifts(set);
    }

    /** The commonest, written out: a call through {@link WordOp} costs more than they do. */
    private static void registerLogic(InstructionSet set) {
        for (Mnemonic m : new Mnemonic[] {Mnemonic.PXOR, Mnemonic.XORPS, Mnemonic.XORPD}) {
            set.addVector(m, PackedInteger::xor);
        }
        for (Mnemonic m : new Mnemonic[] {Mnemonic.PAND, Mnemonic.ANDPS, Mnemonic.ANDPD}) {
            set.addVector(m, PackedInteger::and);
        }
        for (Mnemonic m : new Mnemonic[] {Mnemonic.POR, Mnemonic.ORPS, Mnemonic.ORPD}) {
            set.addVector(m, PackedInteger::or);
        }
    }

    private static void registerWords(InstructionSet set) {
        set.addVector(Mnemonic.PADDB, word(PackedAdd::paddb));
        set.addVector(Mnemonic.PADDW, word(PackedAdd::paddw));
        set.addVector(Mnemonic.PADDD, word(PackedAdd::paddd));
        set.addVector(Mnemonic.PADDQ, word(PackedAdd::paddq));
        set.addVector(Mnemonic.PSUBB, word(PackedAdd::psubb));
        set.addVector(Mnemonic.PSUBW, word(PackedAdd::psubw));
        set.addVector(Mnemonic.PSUBD, word(PackedAdd::psubd));
        set.addVector(Mnemonic.PSUBQ, word(PackedAdd::psubq));
        set.addVector(Mnemonic.PADDUSB, word(PackedAdd::paddusb));
        set.addVector(Mnemonic.PADDUSW, word(PackedAdd::paddusw));
        set.addVector(Mnemonic.PSUBUSB, word(PackedAdd::psubusb));
        set.addVector(Mnemonic.PSUBUSW, word(PackedAdd::psubusw));
        set.addVector(Mnemonic.PADDSB, word(PackedAdd::paddsb));
        set.addVector(Mnemonic.PADDSW, word(PackedAdd::paddsw));
        set.addVector(Mnemonic.PSUBSB, word(PackedAdd::psubsb));
        set.addVector(Mnemonic.PSUBSW, word(PackedAdd::psubsw));
        set.addVector(Mnemonic.PAVGB, word(PackedAdd::pavgb));
        set.addVector(Mnemonic.PAVGW, word(PackedAdd::pavgw));
        set.addVector(Mnemonic.PABSB, word(PackedAdd::pabsb));
        set.addVector(Mnemonic.PABSW, word(PackedAdd::pabsw));
        set.addVector(Mnemonic.PABSD, word(PackedAdd::pabsd));
        set.addVector(Mnemonic.PSIGNB, word(PackedAdd::psignb));
        set.addVector(Mnemonic.PSIGNW, word(PackedAdd::psignw));
        set.addVector(Mnemonic.PSIGND, word(PackedAdd::psignd));
        set.addVector(Mnemonic.PCMPEQB, word(PackedCompare::pcmpeqb));
        set.addVector(Mnemonic.PCMPEQW, word(PackedCompare::pcmpeqw));
        set.addVector(Mnemonic.PCMPEQD, word(PackedCompare::pcmpeqd));
        set.addVector(Mnemonic.PCMPEQQ, word(PackedCompare::pcmpeqq));
        set.addVector(Mnemonic.PCMPGTB, word(PackedCompare::pcmpgtb));
        set.addVector(Mnemonic.PCMPGTW, word(PackedCompare::pcmpgtw));
        set.addVector(Mnemonic.PCMPGTD, word(PackedCompare::pcmpgtd));
        set.addVector(Mnemonic.PCMPGTQ, word(PackedCompare::pcmpgtq));
        set.addVector(Mnemonic.PMINUB, word(PackedCompare::pminub));
        set.addVector(Mnemonic.PMAXUB, word(PackedCompare::pmaxub));
        set.addVector(Mnemonic.PMINUW, word(PackedCompare::pminuw));
        set.addVector(Mnemonic.PMAXUW, word(PackedCompare::pmaxuw));
        set.addVector(Mnemonic.PMINUD, word(PackedCompare::pminud));
        set.addVector(Mnemonic.PMAXUD, word(PackedCompare::pmaxud));
        set.addVector(Mnemonic.PMINSB, word(PackedCompare::pminsb));
        set.addVector(Mnemonic.PMAXSB, word(PackedCompare::pmaxsb));
        set.addVector(Mnemonic.PMINSW, word(PackedCompare::pminsw));
        set.addVector(Mnemonic.PMAXSW, word(PackedCompare::pmaxsw));
        set.addVector(Mnemonic.PMINSD, word(PackedCompare::pminsd));
        set.addVector(Mnemonic.PMAXSD, word(PackedCompare::pmaxsd));
        set.addVector(Mnemonic.PMULLW, word(PackedMultiply::pmullw));
        set.addVector(Mnemonic.PMULHW, word(PackedMultiply::pmulhw));
        set.addVector(Mnemonic.PMULHUW, word(PackedMultiply::pmulhuw));
        set.addVector(Mnemonic.PMULHRSW, word(PackedMultiply::pmulhrsw));
        set.addVector(Mnemonic.PMULLD, word(PackedMultiply::pmulld));
        set.addVector(Mnemonic.PMULUDQ, word(PackedMultiply::pmuludq));
        set.addVector(Mnemonic.PMULDQ, word(PackedMultiply::pmuldq));
        set.addVector(Mnemonic.PMADDWD, word(PackedMultiply::pmaddwd));
        set.addVector(Mnemonic.PMADDUBSW, word(PackedMultiply::pmaddubsw));
        set.addVector(Mnemonic.PSADBW, word(PackedMultiply::psadbw));
        set.addVector(Mnemonic.PANDN, word(Blend::pandn));
        set.addVector(Mnemonic.ANDNPS, word(Blend::pandn));
        set.addVector(Mnemonic.ANDNPD, word(Blend::pandn));
    }

    private static void registerPairs(InstructionSet set) {
        set.addVector(Mnemonic.PHADDW, pair(PackedAdd::phaddw));
        set.addVector(Mnemonic.PHSUBW, pair(PackedAdd::phsubw));
        set.addVector(Mnemonic.PHADDSW, pair(PackedAdd::phaddsw));
        set.addVector(Mnemonic.PHSUBSW, pair(PackedAdd::phsubsw));
        set.addVector(Mnemonic.PHADDD, pair(PackedAdd::phaddd));
        set.addVector(Mnemonic.PHSUBD, pair(PackedAdd::phsubd));
        set.addVector(Mnemonic.PACKSSWB, pair(PackedConvert::packsswb));
        set.addVector(Mnemonic.PACKUSWB, pair(PackedConvert::packuswb));
        set.addVector(Mnemonic.PACKSSDW, pair(PackedConvert::packssdw));
        set.addVector(Mnemonic.PACKUSDW, pair(PackedConvert::packusdw));
    }

    private static void registerShifts(InstructionSet set) {
        set.addVector(Mnemonic.PSLLW, count(PackedShift::psllw));
        set.addVector(Mnemonic.PSLLD, count(PackedShift::pslld));
        set.addVector(Mnemonic.PSLLQ, count(PackedShift::psllq));
        set.addVector(Mnemonic.PSRLW, count(PackedShift::psrlw));
        set.addVector(Mnemonic.PSRLD, count(PackedShift::psrld));
        set.addVector(Mnemonic.PSRLQ, count(PackedShift::psrlq));
        set.addVector(Mnemonic.PSRAW, count(PackedShift::psraw));
        set.addVector(Mnemonic.PSRAD, count(PackedShift::psrad));
        set.add(Mnemonic.VPSLLVD, word(PackedShift::vpsllvd));
        set.add(Mnemonic.VPSRLVD, word(PackedShift::vpsrlvd));
        set.add(Mnemonic.VPSRAVD, word(PackedShift::vpsravd));
        set.add(Mnemonic.VPSLLVQ, word(PackedShift::vpsllvq));
        set.add(Mnemonic.VPSRLVQ, word(PackedShift::vpsrlvq));
    }

    static void xor(Core core, Op op) {
        long[] v = VectorPlace.operands(core, op);
        int d = op.dst;
        int a = op.third;
        int b = op.src;
        v[d] = v[a] ^ v[b];
        v[d + 1] = v[a + 1] ^ v[b + 1];
        if (op.bits == 256) {
            v[d + 2] = v[a + 2] ^ v[b + 2];
            v[d + 3] = v[a + 3] ^ v[b + 3];
        } else {
            VectorPlace.clearUpper(op, v);
        }
    }

    static void and(Core core, Op op) {
        long[] v = VectorPlace.operands(core, op);
        for (int w = 0; w < VectorPlace.words(op); w++) {
            v[op.dst + w] = v[op.third + w] & v[op.src + w];
        }
        VectorPlace.clearUpper(op, v);
    }

    static void or(Core core, Op op) {
        long[] v = VectorPlace.operands(core, op);
        for (int w = 0; w < VectorPlace.words(op); w++) {
            v[op.dst + w] = v[op.third + w] | v[op.src + w];
        }
        VectorPlace.clearUpper(op, v);
    }

    static Statement word(WordOp f) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Vectors.word(f, v, op.dst, v, op.third, v, op.src, VectorPlace.words(op));
            VectorPlace.clearUpper(op, v);
        };
    }

    static Statement pair(WordOp f) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Vectors.pair(f, v, op.dst, v, op.third, v, op.src, VectorPlace.words(op));
            VectorPlace.clearUpper(op, v);
        };
    }

    /** The count is a constant, or the low word of 128 bits (also for 256-bit forms). */
    private static Statement count(WordOp f) {
        return (core, op) -> {
            VectorPlace.guard(core.cpu, op);
            long[] v = core.cpu.vectors;
            long count;
            if (op.detail != 0) {
                count = op.immediate & 0xff;
            } else {
                if (op.srcKind == Op.MEMORY) {
                    VectorPlace.load(core, op, 16);
                }
                count = v[op.src];
            }
            Vectors.count(f, v, op.dst, v, op.third, count, VectorPlace.words(op));
            VectorPlace.clearUpper(op, v);
        };
    }
}
