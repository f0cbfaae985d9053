package io.paravert.soft.interpreter;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.numeric.fp.Convert;
import io.paravert.soft.numeric.fp.Mxcsr;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Core;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Statement;

/** Conversions between integers and floating point, and between its formats. */
final class FloatConversions {
    private static final int RESULT = Cpu.VECTOR_SCRATCH + Cpu.VECTOR_WORDS;
    private static final long LOW32 = 0xffff_ffffL;

    private FloatConversions() {}

    static void register(InstructionSet set) {
        set.addVector(Mnemonic.CVTSI2SS, FloatConversions::intToSingle);
        set.addVector(Mnemonic.CVTSI2SD, FloatConversions::intToDouble);
        set.addVector(Mnemonic.CVTSS2SI, (core, op) -> singleToInt(core, op, false));
        set.addVector(Mnemonic.CVTTSS2SI, (core, op) -> singleToInt(core, op, true));
        set.addVector(Mnemonic.CVTSD2SI, (core, op) -> doubleToInt(core, op, false));
        set.addVector(Mnemonic.CVTTSD2SI, (core, op) -> doubleToInt(core, op, true));
        set.addVector(Mnemonic.CVTSS2SD, FloatConversions::singleToDouble);
        set.addVector(Mnemonic.CVTSD2SS, FloatConversions::doubleToSingle);
        set.addVector(Mnemonic.CVTDQ2PS, FloatingPoint.packed((a, b, m) -> Convert.cvtdq2ps(b, m)));
        set.addVector(Mnemonic.CVTPS2DQ, FloatingPoint.packed((a, b, m) -> Convert.cvtps2dq(b, false, m)));
        set.addVector(Mnemonic.CVTTPS2DQ, FloatingPoint.packed((a, b, m) -> Convert.cvtps2dq(b, true, m)));
        set.addVector(Mnemonic.CVTPS2PD, widening(Convert::cvtss2sd));
        set.addVector(Mnemonic.CVTDQ2PD, widening((bits, m) -> Double.doubleToRawLongBits(bits)));
        set.addVector(Mnemonic.CVTPD2PS, narrowing(Convert::cvtpd2ps));
        set.addVector(Mnemonic.CVTPD2DQ, narrowing((low, high, m) -> Convert.cvtpd2dq(low, high, false, m)));
        set.addVector(Mnemonic.CVTTPD2DQ, narrowing((low, high, m) -> Convert.cvtpd2dq(low, high, true, m)));
        set.add(Mnemonic.VCVTPH2PS, FloatConversions::halfToSingle);
        set.add(Mnemonic.VCVTPS2PH, FloatConversions::singleToHalf);
    }

    /** One doubleword to one quadword. */
    @FunctionalInterface
    private interface Widen {
        long apply(int element, Mxcsr m);
    }

    /** Two quadwords to one word of two doublewords. */
    @FunctionalInterface
    private interface Narrow {
        long apply(long low, long high, Mxcsr m);
    }

    private static long signed(Core core, Op op) {
        long value = Place.source(core, op);
        return op.srcBits == 64 ? value : (int) value;
    }

    private static void intToSingle(Core core, Op op) {
        VectorPlace.guard(core.cpu, op);
        long value = signed(core, op);
        Mxcsr m = core.cpu.mxcsr;
        m.begin();
        long low = Convert.cvtsi2ss(value, m) & LOW32;
        FloatingPoint.finishScalar(core.cpu, op, core.cpu.vectors[op.third] & ~LOW32 | low);
    }

    private static void intToDouble(Core core, Op op) {
        VectorPlace.guard(core.cpu, op);
        long value = signed(core, op);
        Mxcsr m = core.cpu.mxcsr;
        m.begin();
        FloatingPoint.finishScalar(core.cpu, op, Convert.cvtsi2sd(value, m));
    }

    private static void singleToInt(Core core, Op op, boolean truncate) {
        long[] v = VectorPlace.operands(core, op);
        Mxcsr m = core.cpu.mxcsr;
        m.begin();
        int s = (int) v[op.src];
        long value = op.bits == 64 ? Convert.cvtss2si64(s, truncate, m) : Convert.cvtss2si32(s, truncate, m) & LOW32;
        FloatingPoint.commit(core.cpu);
        core.cpu.r[op.dst] = value;
    }

    private static void doubleToInt(Core core, Op op, boolean truncate) {
        long[] v = VectorPlace.operands(core, op);
        Mxcsr m = core.cpu.mxcsr;
        m.begin();
        long s = v[op.src];
        long value = op.bits == 64 ? Convert.cvtsd2si64(s, truncate, m) : Convert.cvtsd2si32(s, truncate, m) & LOW32;
        FloatingPoint.commit(core.cpu);
        core.cpu.r[op.dst] = value;
    }

    private static void singleToDouble(Core core, Op op) {
        long[] v = VectorPlace.operands(core, op);
        Mxcsr m = core.cpu.mxcsr;
        m.begin();
        FloatingPoint.finishScalar(core.cpu, op, Convert.cvtss2sd((int) v[op.src], m));
    }

    private static void doubleToSingle(Core core, Op op) {
        long[] v = VectorPlace.operands(core, op);
        Mxcsr m = core.cpu.mxcsr;
        m.begin();
        long low = Convert.cvtsd2ss(v[op.src], m) & LOW32;
        FloatingPoint.finishScalar(core.cpu, op, v[op.third] & ~LOW32 | low);
    }

    private static Statement widening(Widen f) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Mxcsr m = core.cpu.mxcsr;
            int words = VectorPlace.words(op);
            m.begin();
            for (int w = 0; w < words; w++) {
                v[RESULT + w] = f.apply((int) (v[op.src + (w >> 1)] >>> 32 * (w & 1)), m);
            }
            FloatingPoint.deliver(core.cpu, op, words);
        };
    }

    /** The result has half the source's width and is zero above it. */
    private static Statement narrowing(Narrow f) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Mxcsr m = core.cpu.mxcsr;
            m.begin();
            v[RESULT] = f.apply(v[op.src], v[op.src + 1], m);
            v[RESULT + 1] = op.srcBits == 256 ? f.apply(v[op.src + 2], v[op.src + 3], m) : 0;
            FloatingPoint.deliver(core.cpu, op, 2);
        };
    }

    private static void halfToSingle(Core core, Op op) {
        long[] v = VectorPlace.operands(core, op);
        Mxcsr m = core.cpu.mxcsr;
        int words = VectorPlace.words(op);
        m.begin();
        for (int w = 0; w < words; w++) {
            int pair = (int) (v[op.src + (w >> 1)] >>> 32 * (w & 1));
            long low = Convert.vcvtph2ps(pair & 0xffff, m) & LOW32;
            v[RESULT + w] = low | (long) Convert.vcvtph2ps(pair >>> 16, m) << 32;
        }
        FloatingPoint.deliver(core.cpu, op, words);
    }

    private static void singleToHalf(Core core, Op op) {
        VectorPlace.guard(core.cpu, op);
        long[] v = core.cpu.vectors;
        Mxcsr m = core.cpu.mxcsr;
        int words = op.srcBits / 64;
        m.begin();
        v[RESULT + 1] = 0;
        for (int w = 0; w < words; w += 2) {
            v[RESULT + (w >> 1)] = halves(v[op.src + w], (int) op.immediate, m)
                    | halves(v[op.src + w + 1], (int) op.immediate, m) << 32;
        }
        if (op.dstKind == Op.MEMORY) {
            core.memory.prepareStore(VectorPlace.address(core, op, op.bits >> 3, true), op.bits >> 3);
            FloatingPoint.commit(core.cpu);
            VectorPlace.store(core, op, RESULT, op.bits >> 3);
        } else {
            FloatingPoint.deliver(core.cpu, op, 2);
        }
    }

    private static long halves(long word, int imm, Mxcsr m) {
        return Convert.vcvtps2ph((int) word, imm, m) & 0xffff
                | (long) (Convert.vcvtps2ph((int) (word >>> 32), imm, m) & 0xffff) << 16;
    }
}
