package io.paravert.soft.interpreter;

import static io.paravert.soft.numeric.fp.Fma.NEGATE_ADDEND;
import static io.paravert.soft.numeric.fp.Fma.NEGATE_PRODUCT;

import io.paravert.isa.Mnemonic;
import io.paravert.soft.numeric.fp.DoubleArithmetic;
import io.paravert.soft.numeric.fp.Fma;
import io.paravert.soft.numeric.fp.Mxcsr;
import io.paravert.soft.numeric.fp.SingleArithmetic;
import io.paravert.soft.state.Cpu;
import io.paravert.soft.vcpu.Op;
import io.paravert.soft.vcpu.Statement;

/**
 * FMA3. The digits of a mnemonic are the operands (1 the destination, 2 the second, 3 the last) in the order of x * y + z.
 */
final class FusedMultiply {
    private static final int RESULT = Cpu.VECTOR_SCRATCH + Cpu.VECTOR_WORDS;
    private static final long LOW32 = 0xffff_ffffL;

    private FusedMultiply() {}

    static void register(InstructionSet set) {
        add(set, 132, 0, Mnemonic.VFMADD132PS, Mnemonic.VFMADD132PD, Mnemonic.VFMADD132SS, Mnemonic.VFMADD132SD);
        add(set, 213, 0, Mnemonic.VFMADD213PS, Mnemonic.VFMADD213PD, Mnemonic.VFMADD213SS, Mnemonic.VFMADD213SD);
        add(set, 231, 0, Mnemonic.VFMADD231PS, Mnemonic.VFMADD231PD, Mnemonic.VFMADD231SS, Mnemonic.VFMADD231SD);
        add(
                set,
                132,
                NEGATE_ADDEND,
                Mnemonic.VFMSUB132PS,
                Mnemonic.VFMSUB132PD,
                Mnemonic.VFMSUB132SS,
                Mnemonic.VFMSUB132SD);
        add(
                set,
                213,
                NEGATE_ADDEND,
                Mnemonic.VFMSUB213PS,
                Mnemonic.VFMSUB213PD,
                Mnemonic.VFMSUB213SS,
                Mnemonic.VFMSUB213SD);
        add(
                set,
                231,
                NEGATE_ADDEND,
                Mnemonic.VFMSUB231PS,
                Mnemonic.VFMSUB231PD,
                Mnemonic.VFMSUB231SS,
                Mnemonic.VFMSUB231SD);
        add(
                set,
                132,
                NEGATE_PRODUCT,
                Mnemonic.VFNMADD132PS,
                Mnemonic.VFNMADD132PD,
                Mnemonic.VFNMADD132SS,
                Mnemonic.VFNMADD132SD);
        add(
                set,
                213,
                NEGATE_PRODUCT,
                Mnemonic.VFNMADD213PS,
                Mnemonic.VFNMADD213PD,
                Mnemonic.VFNMADD213SS,
                Mnemonic.VFNMADD213SD);
        add(
                set,
                231,
                NEGATE_PRODUCT,
                Mnemonic.VFNMADD231PS,
                Mnemonic.VFNMADD231PD,
                Mnemonic.VFNMADD231SS,
                Mnemonic.VFNMADD231SD);
        add(
                set,
                132,
                NEGATE_PRODUCT | NEGATE_ADDEND,
                Mnemonic.VFNMSUB132PS,
                Mnemonic.VFNMSUB132PD,
                Mnemonic.VFNMSUB132SS,
                Mnemonic.VFNMSUB132SD);
        add(
                set,
                213,
                NEGATE_PRODUCT | NEGATE_ADDEND,
                Mnemonic.VFNMSUB213PS,
                Mnemonic.VFNMSUB213PD,
                Mnemonic.VFNMSUB213SS,
                Mnemonic.VFNMSUB213SD);
        add(
                set,
                231,
                NEGATE_PRODUCT | NEGATE_ADDEND,
                Mnemonic.VFNMSUB231PS,
                Mnemonic.VFNMSUB231PD,
                Mnemonic.VFNMSUB231SS,
                Mnemonic.VFNMSUB231SD);
        addAlternating(set, 132, true, Mnemonic.VFMADDSUB132PS, Mnemonic.VFMADDSUB132PD);
        addAlternating(set, 213, true, Mnemonic.VFMADDSUB213PS, Mnemonic.VFMADDSUB213PD);
        addAlternating(set, 231, true, Mnemonic.VFMADDSUB231PS, Mnemonic.VFMADDSUB231PD);
        addAlternating(set, 132, false, Mnemonic.VFMSUBADD132PS, Mnemonic.VFMSUBADD132PD);
        addAlternating(set, 213, false, Mnemonic.VFMSUBADD213PS, Mnemonic.VFMSUBADD213PD);
        addAlternating(set, 231, false, Mnemonic.VFMSUBADD231PS, Mnemonic.VFMSUBADD231PD);
    }

    private static void add(
            InstructionSet set, int order, int negate, Mnemonic ps, Mnemonic pd, Mnemonic ss, Mnemonic sd) {
        set.add(ps, packedSingle(order, negate, negate));
        set.add(pd, packedDouble(order, negate, negate));
        set.add(ss, (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Mxcsr m = core.cpu.mxcsr;
            m.begin();
            int x = (int) v[x(order, op)];
            int low = SingleArithmetic.fma(x, (int) v[y(order, op)], (int) v[z(order, op)], negate, m);
            FloatingPoint.finishFused(core.cpu, op, v[op.dst] & ~LOW32 | low & LOW32);
        });
        set.add(sd, (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Mxcsr m = core.cpu.mxcsr;
            m.begin();
            long low = DoubleArithmetic.fma(v[x(order, op)], v[y(order, op)], v[z(order, op)], negate, m);
            FloatingPoint.finishFused(core.cpu, op, low);
        });
    }

    private static void addAlternating(InstructionSet set, int order, boolean subtractEven, Mnemonic ps, Mnemonic pd) {
        int even = Fma.alternating(0, subtractEven);
        int odd = Fma.alternating(1, subtractEven);
        set.add(ps, packedSingle(order, even, odd));
        set.add(pd, packedDouble(order, even, odd));
    }

    private static int x(int order, Op op) {
        return order == 132 ? op.dst : op.third;
    }

    private static int y(int order, Op op) {
        return order == 213 ? op.dst : op.src;
    }

    private static int z(int order, Op op) {
        return order == 132 ? op.third : order == 213 ? op.src : op.dst;
    }

    private static Statement packedSingle(int order, int negateEven, int negateOdd) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Mxcsr m = core.cpu.mxcsr;
            int words = VectorPlace.words(op);
            m.begin();
            for (int w = 0; w < words; w++) {
                long x = v[x(order, op) + w];
                v[RESULT + w] = Fma.ps(x, v[y(order, op) + w], v[z(order, op) + w], negateEven, negateOdd, m);
            }
            FloatingPoint.deliver(core.cpu, op, words);
        };
    }

    private static Statement packedDouble(int order, int negateEven, int negateOdd) {
        return (core, op) -> {
            long[] v = VectorPlace.operands(core, op);
            Mxcsr m = core.cpu.mxcsr;
            int words = VectorPlace.words(op);
            m.begin();
            for (int w = 0; w < words; w++) {
                int negate = (w & 1) == 0 ? negateEven : negateOdd;
                long x = v[x(order, op) + w];
                v[RESULT + w] = DoubleArithmetic.fma(x, v[y(order, op) + w], v[z(order, op) + w], negate, m);
            }
            FloatingPoint.deliver(core.cpu, op, words);
        };
    }
}
