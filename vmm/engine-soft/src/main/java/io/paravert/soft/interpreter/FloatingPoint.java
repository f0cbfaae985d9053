package io.paravert.soft.interpreter;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.numeric.fp.Approximation;
import io.paravert.soft.numeric.fp.Compare;
import io.paravert.soft.numeric.fp.Convert;
import io.paravert.soft.numeric.fp.DoubleArithmetic;
import io.paravert.soft.numeric.fp.Horizontal;
import io.paravert.soft.numeric.fp.Mxcsr;
import io.paravert.soft.numeric.fp.SingleArithmetic;
import io.paravert.soft.state.Control;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.state.Vector;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Statement;

/** SSE to SSE4.1 and AVX arithmetic and comparison under MXCSR; results are written after the exceptions are known. */
final class FloatingPoint {
    /** Scratch words for results that must not be written yet. */
    private static final int RESULT = Cpu.VECTOR_SCRATCH + Cpu.VECTOR_WORDS;

    private static final long LOW32 = 0xffff_ffffL;

    private FloatingPoint() {}

    /** Two floats or one double a word. */
    @FunctionalInterface
    interface FpWord {
        long apply(long a, long b, Mxcsr m);
    }

    @FunctionalInterface
    interface FpSingle {
        int apply(int a, int b, Mxcsr m);
    }

    /** As {@link FpWord}, with the instruction's constant. */
    @FunctionalInterface
    interface FpImmediate {
        long apply(long a, long b, int imm, Mxcsr m);
    }

    @FunctionalInterface
    private interface Comparison {
        int apply(long a, long b, boolean signalling, Mxcsr m);
    }

    static void register(InstructionSet set) {
        registerPacked(set);
        registerDouble(set);
        registerSingle(set);
        registerHorizontal(set);
        registerComparisons(set);
        registerRounding(set);
    }

    private static void registerPacked(InstructionSet set) {
        set.addVector(Mnemonic.ADDPS, packed(SingleArithmetic::addps));
        set.addVector(Mnemonic.SUBPS, packed(SingleArithmetic::subps));
        set.addVector(Mnemonic.MULPS, packed(SingleArithmetic::mulps));
        set.addVector(Mnemonic.DIVPS, packed(SingleArithmetic::divps));
        set.addVector(Mnemonic.MINPS, packed(Compare::minps));
        set.addVector(Mnemonic.MAXPS, packed(Compare::maxps));
        set.addVector(Mnemonic.SQRTPS, packed((a, b, m) -> SingleArithmetic.sqrtps(b, m)));
        set.addVector(Mnemonic.RCPPS, PackedInteger.word((a, b) -> Approximation.rcpps(b)));
        set.addVector(Mnemonic.RSQRTPS, PackedInteger.word((a, b) -> Approximation.rsqrtps(b)));
        set.addVector(Mnemonic.ADDSUBPS, packed(Horizontal::addsubps));
        set.addVector(Mnemonic.ADDPD, packed(DoubleArithmetic::addsd));
        set.addVector(Mnemonic.SUBPD, packed(DoubleArithmetic::subsd));
        set.addVector(Mnemonic.MULPD, packed(DoubleArithmetic::mulsd));
        set.addVector(Mnemonic.DIVPD, packed(DoubleArithmetic::divsd));
        set.addVector(Mnemonic.MINPD, packed(Compare::minsd));
        set.addVector(Mnemonic.MAXPD, packed(Compare::maxsd));
        set.addVector(Mnemonic.SQRTPD, packed((a, b, m) -> DoubleArithmetic.sqrtsd(b, m)));
    }

    private static void registerDouble(InstructionSet set) {
        set.addVector(Mnemonic.ADDSD, scalar(DoubleArithmetic::addsd));
        set.addVector(Mnemonic.SUBSD, scalar(DoubleArithmetic::subsd));
        set.addVector(Mnemonic.MULSD, scalar(DoubleArithmetic::mulsd));
        set.addVector(Mnemonic.DIVSD, scalar(DoubleArithmetic::divsd));
        set.addVector(Mnemonic.MINSD, scalar(Compare::minsd));
        set.addVector(Mnemonic.MAXSD, scalar(Compare::maxsd));
        set.addVector(Mnemonic.SQRTSD, scalar((a, b, m) -> DoubleArithmetic.sqrtsd(b, m)));
    }

    private static void registerSingle(InstructionSet set) {
        set.addVector(Mnemonic.ADDSS, single(SingleArithmetic::addss));
        set.addVector(Mnemonic.SUBSS, single(SingleArithmetic::subss));
        set.addVector(Mnemonic.MULSS, single(SingleArithmetic::mulss));
        set.addVector(Mnemonic.DIVSS, single(SingleArithmetic::divss));
        set.addVector(Mnemonic.MINSS, single(Compare::minss));
        set.addVector(Mnemonic.MAXSS, single(Compare::maxss));
        set.addVector(Mnemonic.SQRTSS, single((a, b, m) -> SingleArithmetic.sqrtss(b, m)));
        set.addVector(Mnemonic.RCPSS, single((a, b, m) -> Approximation.rcpss(b)));
        set.addVector(Mnemonic.RSQRTSS, single((a, b, m) -> Approximation.rsqrtss(b)));
    }

    private static void registerHorizontal(InstructionSet set) {
        set.addVector(Mnemonic.HADDPS, horizontal(Horizontal::haddps));
        set.addVector(Mnemonic.HSUBPS, horizontal(Horizontal::hsubps));
        set.addVector(Mnemonic.HADDPD, horizontal(DoubleArithmetic::addsd));
        set.addVector(Mnemonic.HSUBPD, horizontal(DoubleArithmetic::subsd));
        set.addVector(Mnemonic.ADDSUBPD, FloatingPoint::addSubDouble);
        set.addVector(Mnemonic.DPPS, FloatingPoint::dotSingle);
        set.addVector(Mnemonic.DPPD, FloatingPoint::dotDouble);
    }

    private static void registerComparisons(InstructionSet set) {
        set.addVector(Mnemonic.CMPPS, packedImmediate(7, (a, b, imm, m) -> Compare.cmpps(a, b, imm, m)));
        set.addVector(Mnemonic.CMPPD, packedImmediate(7, (a, b, imm, m) -> Compare.cmpsd(a, b, imm, m)));
        set.addVector(
                Mnemonic.CMPSS, scalarImmediate(7, (a, b, imm, m) -> Compare.cmpss((int) a, (int) b, imm, m), LOW32));
        set.addVector(Mnemonic.CMPSD, scalarImmediate(7, (a, b, imm, m) -> Compare.cmpsd(a, b, imm, m), -1L));
        set.addVector(Mnemonic.UCOMISS, comparison((a, b, s, m) -> Compare.comiss((int) a, (int) b, s, m), false));
        set.addVector(Mnemonic.COMISS, comparison((a, b, s, m) -> Compare.comiss((int) a, (int) b, s, m), true));
        set.addVector(Mnemonic.UCOMISD, comparison(Compare::comisd, false));
        set.addVector(Mnemonic.COMISD, comparison(Compare::comisd, true));
    }

    private static void registerRounding(InstructionSet set) {
        set.addVector(Mnemonic.ROUNDPS, packedImmediate(15, (a, b, imm, m) -> Convert.roundps(b, imm, m)));
        set.addVector(Mnemonic.ROUNDPD, packedImmediate(15, (a, b, imm, m) -> Convert.roundsd(b, imm, m)));
        set.addVector(Mnemonic.ROUNDSS, scalarImmediate(15, (a, b, imm, m) -> Convert.roundss((int) b, imm, m), LOW32));
        set.addVector(Mnemonic.ROUNDSD, scalarImmediate(15, (a, b, imm, m) -> Convert.roundsd(b, imm, m), -1L));
    }

    /** Ends the instruction's exceptions: #XF for an unmasked one, or #UD where the system does not know that exception. */
    static void commit(Cpu cpu) {
        if (cpu.mxcsr.commit()) {
            throw cpu.fault((cpu.cr4 & Control.CR4_OSXMMEXCPT) != 0 ? Vector.XF : Vector.UD);
        }
    }

    /** The result from the scratch words to the destination. */
    static void deliver(Cpu cpu, Op op, int words) {
        commit(cpu);
        long[] v = cpu.vectors;
        for (int w = 0; w < words; w++) {
            v[op.dst + w] = v[RESULT + w];
        }
        VectorPlace.clearUpper(op, v);
    }

    static Statement packed(FpWord f) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Mxcsr m = core.cpu.mxcsr;
            int words = VectorPlace.words(op);
            m.begin();
            for (int w = 0; w < words; w++) {
                v[RESULT + w] = f.apply(v[op.third + w], v[op.src + w], m);
            }
            deliver(core.cpu, op, words);
        };
    }

    private static Statement packedImmediate(int legacyMask, FpImmediate f) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Mxcsr m = core.cpu.mxcsr;
            int words = VectorPlace.words(op);
            int imm = constant(op, legacyMask);
            m.begin();
            for (int w = 0; w < words; w++) {
                v[RESULT + w] = f.apply(v[op.third + w], v[op.src + w], imm, m);
            }
            deliver(core.cpu, op, words);
        };
    }

    /** Legacy comparisons know eight predicates, VEX ones 32; ROUND takes four bits. */
    private static int constant(Op op, int legacyMask) {
        return (int) op.immediate & (op.has(Op.VEX) ? 31 : legacyMask);
    }

    private static Statement scalar(FpWord f) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Mxcsr m = core.cpu.mxcsr;
            m.begin();
            long low = f.apply(v[op.third], v[op.src], m);
            finishScalar(core.cpu, op, low);
        };
    }

    static void finishScalar(Cpu cpu, Op op, long low) {
        commit(cpu);
        long[] v = cpu.vectors;
        v[op.dst + 1] = v[op.third + 1];
        v[op.dst] = low;
        VectorPlace.clearUpper(op, v);
    }

    /** As {@link #finishScalar}, for FMA, whose destination keeps its own upper word. */
    static void finishFused(Cpu cpu, Op op, long low) {
        commit(cpu);
        cpu.vectors[op.dst] = low;
        VectorPlace.clearUpper(op, cpu.vectors);
    }

    private static Statement single(FpSingle f) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Mxcsr m = core.cpu.mxcsr;
            m.begin();
            long a = v[op.third];
            int low = f.apply((int) a, (int) v[op.src], m);
            finishScalar(core.cpu, op, a & ~LOW32 | low & LOW32);
        };
    }

    private static Statement scalarImmediate(int legacyMask, FpImmediate f, long mask) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Mxcsr m = core.cpu.mxcsr;
            m.begin();
            long a = v[op.third];
            long low = f.apply(a, v[op.src], constant(op, legacyMask), m);
            finishScalar(core.cpu, op, a & ~mask | low & mask);
        };
    }

    private static Statement horizontal(FpWord f) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Mxcsr m = core.cpu.mxcsr;
            int words = VectorPlace.words(op);
            m.begin();
            for (int w = 0; w < words; w += 2) {
                v[RESULT + w] = f.apply(v[op.third + w], v[op.third + w + 1], m);
                v[RESULT + w + 1] = f.apply(v[op.src + w], v[op.src + w + 1], m);
            }
            deliver(core.cpu, op, words);
        };
    }

    private static void addSubDouble(Core core, Op op) {
        long[] v = VectorPlace.operands(core, op);
        Mxcsr m = core.cpu.mxcsr;
        int words = VectorPlace.words(op);
        m.begin();
        for (int w = 0; w < words; w += 2) {
            v[RESULT + w] = DoubleArithmetic.subsd(v[op.third + w], v[op.src + w], m);
            v[RESULT + w + 1] = DoubleArithmetic.addsd(v[op.third + w + 1], v[op.src + w + 1], m);
        }
        deliver(core.cpu, op, words);
    }

    private static void dotSingle(Core core, Op op) {
        long[] v = VectorPlace.operands(core, op);
        Mxcsr m = core.cpu.mxcsr;
        int words = VectorPlace.words(op);
        int imm = (int) op.immediate & 0xff;
        m.begin();
        long sums = Horizontal.dpps(v, op.third, v, op.src, words, imm, m);
        for (int w = 0; w < words; w++) {
            v[RESULT + w] = Horizontal.dppsWord((int) (sums >>> (w < 2 ? 0 : 32)), imm, w & 1);
        }
        deliver(core.cpu, op, words);
    }

    private static void dotDouble(Core core, Op op) {
        long[] v = VectorPlace.operands(core, op);
        Mxcsr m = core.cpu.mxcsr;
        int imm = (int) op.immediate & 0xff;
        m.begin();
        long sum = Horizontal.dppd(v, op.third, v, op.src, imm, m);
        v[RESULT] = (imm & 1) != 0 ? sum : 0;
        v[RESULT + 1] = (imm & 2) != 0 ? sum : 0;
        deliver(core.cpu, op, 2);
    }

    private static Statement comparison(Comparison f, boolean signalling) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Mxcsr m = core.cpu.mxcsr;
            m.begin();
            int flags = f.apply(v[op.dst], v[op.src], signalling, m);
            commit(core.cpu);
            core.cpu.setStatus(flags);
        };
    }
}
