package io.paravert.soft.interpreter;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.numeric.fp.Convert;
import io.paravert.soft.numeric.fp.Mxcsr;
import io.paravert.soft.numeric.simd.Blend;
import io.paravert.soft.numeric.simd.PackedAdd;
import io.paravert.soft.numeric.simd.PackedCompare;
import io.paravert.soft.numeric.simd.PackedConvert;
import io.paravert.soft.numeric.simd.PackedMultiply;
import io.paravert.soft.numeric.simd.PackedShift;
import io.paravert.soft.numeric.simd.Shuffle;
import io.paravert.soft.numeric.simd.WordOp;
import io.paravert.soft.numeric.x87.X87State;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Guards;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Statement;

/** MMX, and what SSE to SSSE3 add to it: instructions with an MMX register (AMD APM vol. 5). */
final class MmxOperations {
    private static final long LOW32 = 0xffff_ffffL;

    private MmxOperations() {}

    static void register(InstructionSet set) {
        registerWords(set);
        registerShifts(set);
        registerMoves(set);
        registerConversions(set);
        set.addMmx(Mnemonic.EMMS, MmxOperations::emms);
    }

    private static void registerWords(InstructionSet set) {
        set.addMmx(Mnemonic.PADDB, word(PackedAdd::paddb));
        set.addMmx(Mnemonic.PADDW, word(PackedAdd::paddw));
        set.addMmx(Mnemonic.PADDD, word(PackedAdd::paddd));
        set.addMmx(Mnemonic.PADDQ, word(PackedAdd::paddq));
        set.addMmx(Mnemonic.PSUBB, word(PackedAdd::psubb));
        set.addMmx(Mnemonic.PSUBW, word(PackedAdd::psubw));
        set.addMmx(Mnemonic.PSUBD, word(PackedAdd::psubd));
        set.addMmx(Mnemonic.PSUBQ, word(PackedAdd::psubq));
        set.addMmx(Mnemonic.PADDUSB, word(PackedAdd::paddusb));
        set.addMmx(Mnemonic.PADDUSW, word(PackedAdd::paddusw));
        set.addMmx(Mnemonic.PSUBUSB, word(PackedAdd::psubusb));
        set.addMmx(Mnemonic.PSUBUSW, word(PackedAdd::psubusw));
        set.addMmx(Mnemonic.PADDSB, word(PackedAdd::paddsb));
        set.addMmx(Mnemonic.PADDSW, word(PackedAdd::paddsw));
        set.addMmx(Mnemonic.PSUBSB, word(PackedAdd::psubsb));
        set.addMmx(Mnemonic.PSUBSW, word(PackedAdd::psubsw));
        set.addMmx(Mnemonic.PAVGB, word(PackedAdd::pavgb));
        set.addMmx(Mnemonic.PAVGW, word(PackedAdd::pavgw));
        set.addMmx(Mnemonic.PABSB, word(PackedAdd::pabsb));
        set.addMmx(Mnemonic.PABSW, word(PackedAdd::pabsw));
        set.addMmx(Mnemonic.PABSD, word(PackedAdd::pabsd));
        set.addMmx(Mnemonic.PSIGNB, word(PackedAdd::psignb));
        set.addMmx(Mnemonic.PSIGNW, word(PackedAdd::psignw));
        set.addMmx(Mnemonic.PSIGND, word(PackedAdd::psignd));
        set.addMmx(Mnemonic.PCMPEQB, word(PackedCompare::pcmpeqb));
        set.addMmx(Mnemonic.PCMPEQW, word(PackedCompare::pcmpeqw));
        set.addMmx(Mnemonic.PCMPEQD, word(PackedCompare::pcmpeqd));
        set.addMmx(Mnemonic.PCMPGTB, word(PackedCompare::pcmpgtb));
        set.addMmx(Mnemonic.PCMPGTW, word(PackedCompare::pcmpgtw));
        set.addMmx(Mnemonic.PCMPGTD, word(PackedCompare::pcmpgtd));
        set.addMmx(Mnemonic.PMINUB, word(PackedCompare::pminub));
        set.addMmx(Mnemonic.PMAXUB, word(PackedCompare::pmaxub));
        set.addMmx(Mnemonic.PMINSW, word(PackedCompare::pminsw));
        set.addMmx(Mnemonic.PMAXSW, word(PackedCompare::pmaxsw));
        set.addMmx(Mnemonic.PMULLW, word(PackedMultiply::pmullw));
        set.addMmx(Mnemonic.PMULHW, word(PackedMultiply::pmulhw));
        set.addMmx(Mnemonic.PMULHUW, word(PackedMultiply::pmulhuw));
        set.addMmx(Mnemonic.PMULHRSW, word(PackedMultiply::pmulhrsw));
        set.addMmx(Mnemonic.PMULUDQ, word(PackedMultiply::pmuludq));
        set.addMmx(Mnemonic.PMADDWD, word(PackedMultiply::pmaddwd));
        set.addMmx(Mnemonic.PMADDUBSW, word(PackedMultiply::pmaddubsw));
        set.addMmx(Mnemonic.PSADBW, word(PackedMultiply::psadbw));
        set.addMmx(Mnemonic.PAND, word(Blend::pand));
        set.addMmx(Mnemonic.PANDN, word(Blend::pandn));
        set.addMmx(Mnemonic.POR, word(Blend::por));
        set.addMmx(Mnemonic.PXOR, word(Blend::pxor));
        set.addMmx(Mnemonic.PHADDW, word(PackedAdd::phaddw));
        set.addMmx(Mnemonic.PHSUBW, word(PackedAdd::phsubw));
        set.addMmx(Mnemonic.PHADDSW, word(PackedAdd::phaddsw));
        set.addMmx(Mnemonic.PHSUBSW, word(PackedAdd::phsubsw));
        set.addMmx(Mnemonic.PHADDD, word(PackedAdd::phaddd));
        set.addMmx(Mnemonic.PHSUBD, word(PackedAdd::phsubd));
        set.addMmx(Mnemonic.PACKSSWB, word(PackedConvert::packsswb));
        set.addMmx(Mnemonic.PACKUSWB, word(PackedConvert::packuswb));
        set.addMmx(Mnemonic.PACKSSDW, word(PackedConvert::packssdw));
        set.addMmx(Mnemonic.PUNPCKLBW, word(PackedConvert::punpcklbwMmx));
        set.addMmx(Mnemonic.PUNPCKHBW, word(PackedConvert::punpckhbwMmx));
        set.addMmx(Mnemonic.PUNPCKLWD, word(PackedConvert::punpcklwdMmx));
        set.addMmx(Mnemonic.PUNPCKHWD, word(PackedConvert::punpckhwdMmx));
        set.addMmx(Mnemonic.PUNPCKLDQ, word(PackedConvert::punpckldqMmx));
        set.addMmx(Mnemonic.PUNPCKHDQ, word(PackedConvert::punpckhdqMmx));
        set.addMmx(Mnemonic.PSHUFB, word(Shuffle::pshufbMmx));
    }

    private static void registerShifts(InstructionSet set) {
        set.addMmx(Mnemonic.PSLLW, count(PackedShift::psllw));
        set.addMmx(Mnemonic.PSLLD, count(PackedShift::pslld));
        set.addMmx(Mnemonic.PSLLQ, count(PackedShift::psllq));
        set.addMmx(Mnemonic.PSRLW, count(PackedShift::psrlw));
        set.addMmx(Mnemonic.PSRLD, count(PackedShift::psrld));
        set.addMmx(Mnemonic.PSRLQ, count(PackedShift::psrlq));
        set.addMmx(Mnemonic.PSRAW, count(PackedShift::psraw));
        set.addMmx(Mnemonic.PSRAD, count(PackedShift::psrad));
    }

    private static void registerMoves(InstructionSet set) {
        set.addMmx(Mnemonic.MOVD, MmxOperations::move);
        set.addMmx(Mnemonic.MOVQ, MmxOperations::move);
        set.addMmx(Mnemonic.MOVNTQ, MmxOperations::move);
        set.addMmx(Mnemonic.MASKMOVQ, MmxOperations::masked);
        set.addMmx(Mnemonic.MOVQ2DQ, MmxOperations::toVector);
        set.addMmx(Mnemonic.MOVDQ2Q, MmxOperations::fromVector);
        set.addMmx(Mnemonic.PMOVMSKB, MmxOperations::signs);
        set.addMmx(Mnemonic.PINSRW, MmxOperations::insert);
        set.addMmx(Mnemonic.PEXTRW, MmxOperations::extract);
        set.addMmx(Mnemonic.PSHUFW, (core, op) -> {
            long b = source(core, op);
            enter(core).mmx(op.dst, Shuffle.pshufw(b, (int) op.immediate));
        });
        set.addMmx(Mnemonic.PALIGNR, (core, op) -> {
            long b = source(core, op);
            X87State x = enter(core);
            x.mmx(op.dst, PackedShift.palignrMmx(x.mmx(op.dst), b, (int) op.immediate));
        });
    }

    private static void registerConversions(InstructionSet set) {
        set.addMmx(Mnemonic.CVTPI2PS, MmxOperations::intToSingle);
        set.add(Mnemonic.CVTPI2PS, MmxOperations::intToSingle);
        set.addMmx(Mnemonic.CVTPI2PD, MmxOperations::intToDouble);
        set.add(Mnemonic.CVTPI2PD, MmxOperations::intToDouble);
        set.addMmx(Mnemonic.CVTPS2PI, (core, op) -> singleToInt(core, op, false));
        set.addMmx(Mnemonic.CVTTPS2PI, (core, op) -> singleToInt(core, op, true));
        set.addMmx(Mnemonic.CVTPD2PI, (core, op) -> doubleToInt(core, op, false));
        set.addMmx(Mnemonic.CVTTPD2PI, (core, op) -> doubleToInt(core, op, true));
    }

    private static void guard(Core core) {
        Cpu cpu = core.cpu;
        if ((cpu.guards & Guards.MMX) != 0) {
            throw Guards.fault(cpu, Guards.MMX);
        }
        X87Operations.raisePending(core);
    }

    /** After everything that can fault. */
    private static X87State enter(Core core) {
        core.cpu.x87.enterMmx();
        return core.cpu.x87;
    }

    /** The source: an MMX register, memory or a general register. */
    private static long source(Core core, Op op) {
        guard(core);
        return op.srcKind == Op.OTHER ? core.cpu.x87.mmx(op.src) : Place.source(core, op);
    }

    private static Statement word(WordOp f) {
        return (core, op) -> {
            long b = source(core, op);
            X87State x = enter(core);
            x.mmx(op.dst, f.apply(x.mmx(op.dst), b));
        };
    }

    private static Statement count(WordOp f) {
        return (core, op) -> {
            long count;
            if (op.detail != 0) {
                guard(core);
                count = op.immediate & 0xff;
            } else {
                count = source(core, op);
            }
            X87State x = enter(core);
            x.mmx(op.dst, f.apply(x.mmx(op.dst), count));
        };
    }

    private static void emms(Core core, Op op) {
        guard(core);
        core.cpu.x87.emms();
    }

    private static void move(Core core, Op op) {
        long value = source(core, op);
        if (op.dstKind == Op.MEMORY) {
            Place.write(core, op, value);
            enter(core);
        } else if (op.dstKind == Op.REGISTER) {
            enter(core);
            core.cpu.r[op.dst] = op.bits == 64 ? value : value & LOW32;
        } else {
            enter(core).mmx(op.dst, value);
        }
    }

    private static void masked(Core core, Op op) {
        guard(core);
        X87State x = enter(core); // before the store, even if that faults
        MaskedStore.bytes(core, op, x.mmx(op.dst), 0, x.mmx(op.src), 0, 8);
    }

    private static void toVector(Core core, Op op) {
        VectorPlace.guard(core.cpu, op);
        guard(core);
        long[] v = core.cpu.vectors;
        v[op.dst] = enter(core).mmx(op.src);
        v[op.dst + 1] = 0;
    }

    private static void fromVector(Core core, Op op) {
        VectorPlace.guard(core.cpu, op);
        guard(core);
        enter(core).mmx(op.dst, core.cpu.vectors[op.src]);
    }

    private static void signs(Core core, Op op) {
        guard(core);
        core.cpu.r[op.dst] = Blend.pmovmskb(enter(core).mmx(op.src));
    }

    private static void insert(Core core, Op op) {
        long value = source(core, op);
        X87State x = enter(core);
        x.mmx(op.dst, Shuffle.pinsrw(x.mmx(op.dst), (int) value, (int) op.immediate & 3));
    }

    private static void extract(Core core, Op op) {
        guard(core);
        core.cpu.r[op.dst] = Shuffle.pextrw(enter(core).mmx(op.src), (int) op.immediate & 3) & LOW32;
    }

    /** Two integers from an MMX register or from memory, which leaves the x87 alone. */
    private static long integers(Core core, Op op) {
        VectorPlace.guard(core.cpu, op);
        if (op.srcKind != Op.OTHER) {
            return Place.source(core, op);
        }
        guard(core);
        return enter(core).mmx(op.src);
    }

    private static void intToSingle(Core core, Op op) {
        long b = integers(core, op);
        Mxcsr m = core.cpu.mxcsr;
        m.begin();
        long result = Convert.cvtdq2ps(b, m);
        FloatingPoint.commit(core.cpu);
        core.cpu.vectors[op.dst] = result;
    }

    private static void intToDouble(Core core, Op op) {
        long b = integers(core, op);
        long[] v = core.cpu.vectors;
        v[op.dst] = Double.doubleToRawLongBits((int) b);
        v[op.dst + 1] = Double.doubleToRawLongBits((int) (b >>> 32));
    }

    private static void singleToInt(Core core, Op op, boolean truncate) {
        VectorPlace.guard(core.cpu, op);
        guard(core);
        long[] v = VectorPlace.operands(core, op);
        X87State x = enter(core);
        Mxcsr m = core.cpu.mxcsr;
        m.begin();
        long result = Convert.cvtps2dq(v[op.src], truncate, m);
        FloatingPoint.commit(core.cpu);
        x.mmx(op.dst, result);
    }

    private static void doubleToInt(Core core, Op op, boolean truncate) {
        VectorPlace.guard(core.cpu, op);
        guard(core);
        long[] v = VectorPlace.operands(core, op);
        X87State x = enter(core);
        Mxcsr m = core.cpu.mxcsr;
        m.begin();
        long result = Convert.cvtpd2dq(v[op.src], v[op.src + 1], truncate, m);
        FloatingPoint.commit(core.cpu);
        x.mmx(op.dst, result);
    }
}
