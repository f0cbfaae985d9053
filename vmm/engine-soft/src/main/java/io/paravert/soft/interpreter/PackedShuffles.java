package io.paravert.soft.interpreter;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.numeric.simd.Blend;
import io.paravert.soft.numeric.simd.BlockMatch;
import io.paravert.soft.numeric.simd.LaneImmOp;
import io.paravert.soft.numeric.simd.LaneOp;
import io.paravert.soft.numeric.simd.PackedConvert;
import io.paravert.soft.numeric.simd.PackedConvert.Widening;
import io.paravert.soft.numeric.simd.PackedShift;
import io.paravert.soft.numeric.simd.Shuffle;
import io.paravert.soft.numeric.simd.Vectors;
import io.paravert.soft.numeric.simd.WordOp;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Statement;

/** Permutations, blends, insertion and extraction of elements, masks of signs, and widening moves. */
final class PackedShuffles {
    private static final int SCRATCH = Cpu.VECTOR_SCRATCH;

    private PackedShuffles() {}

    static void register(InstructionSet set) {
        registerLanes(set);
        registerWidening(set);
        registerBlends(set);
        registerElements(set);
        registerTests(set);
    }

    private static void registerLanes(InstructionSet set) {
        set.addVector(Mnemonic.PUNPCKLBW, lane(PackedConvert::punpcklbw));
        set.addVector(Mnemonic.PUNPCKHBW, lane(PackedConvert::punpckhbw));
        set.addVector(Mnemonic.PUNPCKLWD, lane(PackedConvert::punpcklwd));
        set.addVector(Mnemonic.PUNPCKHWD, lane(PackedConvert::punpckhwd));
        set.addVector(Mnemonic.PUNPCKLDQ, lane(PackedConvert::punpckldq));
        set.addVector(Mnemonic.PUNPCKHDQ, lane(PackedConvert::punpckhdq));
        set.addVector(Mnemonic.PUNPCKLQDQ, lane(PackedConvert::punpcklqdq));
        set.addVector(Mnemonic.PUNPCKHQDQ, lane(PackedConvert::punpckhqdq));
        set.addVector(Mnemonic.UNPCKLPS, lane(PackedConvert::punpckldq));
        set.addVector(Mnemonic.UNPCKHPS, lane(PackedConvert::punpckhdq));
        set.addVector(Mnemonic.UNPCKLPD, lane(PackedConvert::punpcklqdq));
        set.addVector(Mnemonic.UNPCKHPD, lane(PackedConvert::punpckhqdq));
        set.addVector(Mnemonic.PSHUFD, laneImmediate(Shuffle::pshufd, 0));
        set.addVector(Mnemonic.PSHUFLW, laneImmediate(Shuffle::pshuflw, 0));
        set.addVector(Mnemonic.PSHUFHW, laneImmediate(Shuffle::pshufhw, 0));
        set.addVector(Mnemonic.SHUFPS, laneImmediate(Shuffle::shufps, 0));
        set.addVector(Mnemonic.SHUFPD, laneImmediate(Shuffle::shufpd, 2));
        set.addVector(Mnemonic.PSLLDQ, laneImmediate(PackedShift::pslldq, 0));
        set.addVector(Mnemonic.PSRLDQ, laneImmediate(PackedShift::psrldq, 0));
        set.addVector(Mnemonic.PALIGNR, laneImmediate(PackedShift::palignr, 0));
        set.addVector(Mnemonic.PBLENDW, laneImmediate(Blend::pblendw, 0));
        set.addVector(Mnemonic.BLENDPS, laneImmediate(Blend::blendps, 4));
        set.addVector(Mnemonic.BLENDPD, laneImmediate(Blend::blendpd, 2));
        set.addVector(Mnemonic.MPSADBW, laneImmediate(BlockMatch::mpsadbw, 3));
        set.addVector(Mnemonic.PSHUFB, lane(Shuffle::pshufb));
        set.addVector(Mnemonic.PHMINPOSUW, lane(BlockMatch::phminposuw));
        set.addVector(Mnemonic.MOVDDUP, lane(Shuffle::movddup));
        set.addVector(Mnemonic.MOVSLDUP, PackedInteger.word(Shuffle::movsldup));
        set.addVector(Mnemonic.MOVSHDUP, PackedInteger.word(Shuffle::movshdup));
    }

    private static void registerWidening(InstructionSet set) {
        set.addVector(Mnemonic.PMOVSXBW, widen(Widening.PMOVSXBW));
        set.addVector(Mnemonic.PMOVSXBD, widen(Widening.PMOVSXBD));
        set.addVector(Mnemonic.PMOVSXBQ, widen(Widening.PMOVSXBQ));
        set.addVector(Mnemonic.PMOVSXWD, widen(Widening.PMOVSXWD));
        set.addVector(Mnemonic.PMOVSXWQ, widen(Widening.PMOVSXWQ));
        set.addVector(Mnemonic.PMOVSXDQ, widen(Widening.PMOVSXDQ));
        set.addVector(Mnemonic.PMOVZXBW, widen(Widening.PMOVZXBW));
        set.addVector(Mnemonic.PMOVZXBD, widen(Widening.PMOVZXBD));
        set.addVector(Mnemonic.PMOVZXBQ, widen(Widening.PMOVZXBQ));
        set.addVector(Mnemonic.PMOVZXWD, widen(Widening.PMOVZXWD));
        set.addVector(Mnemonic.PMOVZXWQ, widen(Widening.PMOVZXWQ));
        set.addVector(Mnemonic.PMOVZXDQ, widen(Widening.PMOVZXDQ));
    }

    private static void registerBlends(InstructionSet set) {
        set.addVector(Mnemonic.PBLENDVB, blend(Blend::pblendvb));
        set.addVector(Mnemonic.BLENDVPS, blend(Blend::blendvps));
        set.addVector(Mnemonic.BLENDVPD, blend(Blend::blendvpd));
    }

    private static void registerElements(InstructionSet set) {
        set.addVector(Mnemonic.INSERTPS, PackedShuffles::insertSingle);
        set.addVector(Mnemonic.PINSRB, insert(8));
        set.addVector(Mnemonic.PINSRW, insert(16));
        set.addVector(Mnemonic.PINSRD, insert(32));
        set.addVector(Mnemonic.PINSRQ, insert(64));
        set.addVector(Mnemonic.PEXTRB, extract(8));
        set.addVector(Mnemonic.PEXTRW, extract(16));
        set.addVector(Mnemonic.PEXTRD, extract(32));
        set.addVector(Mnemonic.EXTRACTPS, extract(32));
        set.addVector(Mnemonic.PEXTRQ, extract(64));
    }

    private static void registerTests(InstructionSet set) {
        set.addVector(Mnemonic.PMOVMSKB, signs(8, Blend::pmovmskb));
        set.addVector(Mnemonic.MOVMSKPS, signs(2, Blend::movmskps));
        set.addVector(Mnemonic.MOVMSKPD, signs(1, Blend::movmskpd));
        set.addVector(Mnemonic.PTEST, test(Blend::ptest));
        set.add(Mnemonic.VTESTPS, test(Blend::vtestps));
        set.add(Mnemonic.VTESTPD, test(Blend::vtestpd));
    }

    /** As {@link WordOp}, with a mask. */
    @FunctionalInterface
    private interface MaskedOp {
        long apply(long a, long b, long mask);
    }

    @FunctionalInterface
    private interface SignsOp {
        int apply(long word);
    }

    @FunctionalInterface
    private interface TestOp {
        int apply(long[] a, int ai, long[] b, int bi, int words);
    }

    static Statement lane(LaneOp f) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Vectors.lane(f, v, op.dst, v, op.third, v, op.src, VectorPlace.words(op));
            VectorPlace.clearUpper(op, v);
        };
    }

    static Statement laneImmediate(LaneImmOp f, int upperShift) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            int imm = (int) op.immediate & 0xff;
            int words = VectorPlace.words(op);
            Vectors.lane(
                    f, v, op.dst, v, op.third, v, op.srcKind == Op.NONE ? op.third : op.src, words, imm, upperShift);
            VectorPlace.clearUpper(op, v);
        };
    }

    /** The source is read whole before the destination, which may be the same register, is written. */
    private static Statement widen(Widening kind) {
        return (core, op) -> {
            int words = VectorPlace.words(op);
            int bits = kind.sourceBitsPerWord();
            VectorPlace.guard(core.cpu, op);
            long[] v = core.cpu.vectors;
            if (op.srcKind == Op.MEMORY) {
                VectorPlace.load(core, op, bits * words >> 3);
            }
            long low = v[op.src];
            long high = v[op.src + 1];
            for (int w = 0; w < words; w++) {
                int at = w * bits;
                v[op.dst + w] = kind.word(at < 64 ? low >>> at : high >>> at - 64);
            }
            VectorPlace.clearUpper(op, v);
        };
    }

    private static Statement blend(MaskedOp f) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            for (int w = 0; w < VectorPlace.words(op); w++) {
                v[op.dst + w] = f.apply(v[op.third + w], v[op.src + w], v[op.detail + w]);
            }
            VectorPlace.clearUpper(op, v);
        };
    }

    private static void insertSingle(Core core, Op op) {
        long[] v = VectorPlace.operands(core, op);
        int imm = (int) op.immediate & 0xff;
        if (op.srcKind == Op.MEMORY) {
            Shuffle.insertps(v, op.dst, v, op.third, v[SCRATCH], imm);
        } else {
            Shuffle.insertps(v, op.dst, v, op.third, v, op.src, imm);
        }
        VectorPlace.clearUpper(op, v);
    }

    private static Statement insert(int bits) {
        int perWord = 64 / bits;
        return (core, op) -> {
            VectorPlace.guard(core.cpu, op);
            long[] v = core.cpu.vectors;
            long value = Place.source(core, op);
            int index = (int) op.immediate & 2 * perWord - 1;
            long other = v[op.third + (index / perWord ^ 1)];
            long word = v[op.third + index / perWord];
            int at = index & perWord - 1;
            v[op.dst + index / perWord] = switch (bits) {
                case 8 -> Shuffle.pinsrb(word, (int) value, at);
                case 16 -> Shuffle.pinsrw(word, (int) value, at);
                case 32 -> Shuffle.pinsrd(word, (int) value, at);
                default -> value;
            };
            v[op.dst + (index / perWord ^ 1)] = other;
            VectorPlace.clearUpper(op, v);
        };
    }

    private static Statement extract(int bits) {
        int perWord = 64 / bits;
        return (core, op) -> {
            VectorPlace.guard(core.cpu, op);
            int index = (int) op.immediate & 2 * perWord - 1;
            long word = core.cpu.vectors[op.src + index / perWord];
            long value = bits == 64 ? word : word >>> bits * (index & perWord - 1) & (1L << bits) - 1;
            if (op.dstKind == Op.MEMORY) {
                core.memory.store(VectorPlace.address(core, op, bits >> 3, true), bits >> 3, value);
            } else {
                core.cpu.r[op.dst] = value;
            }
        };
    }

    private static Statement signs(int perWord, SignsOp f) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            long bits = 0;
            for (int w = op.srcBits / 64 - 1; w >= 0; w--) {
                bits = bits << perWord | f.apply(v[op.src + w]);
            }
            core.cpu.r[op.dst] = bits;
        };
    }

    private static Statement test(TestOp f) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            core.cpu.setStatus(f.apply(v, op.dst, v, op.src, VectorPlace.words(op)));
        };
    }
}
