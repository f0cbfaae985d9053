package io.paravert.soft.numeric.fp;

import io.paravert.soft.numeric.ring3.Code;
import io.paravert.soft.numeric.ring3.Differential;
import io.paravert.soft.numeric.ring3.Ring3State;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Checks one statement in the scalar and packed forms of its instruction, with the traps that unmasked exceptions raise. */
final class FpCheck {
    static final int XM = 19;
    private static final int COUNT = 512;

    private final Differential differential;
    private final Mxcsr mxcsr = new Mxcsr();
    private final long[] results = new long[8];

    FpCheck(Differential differential) {
        this.differential = differential;
    }

    interface Double2 {
        long apply(long a, long b, Mxcsr m);
    }

    interface Single2 {
        int apply(int a, int b, Mxcsr m);
    }

    /** Computes results; FpCheck writes them if nothing traps. */
    interface Body {
        void compute(Ring3State s, long[] results, Mxcsr m);
    }

    /** Runs a body between begin and commit; copies {@code words} results to YMM0. */
    void check(String name, byte[] code, boolean doubles, int words, Body body) {
        check(name, code, doubles, body, s -> System.arraycopy(results, 0, s.ymm, 0, words));
    }

    void check(String name, byte[] code, boolean doubles, Body body, Consumer<Ring3State> write) {
        differential.check(name, code, COUNT, s -> operands(s, doubles), s -> {
            mxcsr.value(s.mxcsr());
            mxcsr.begin();
            body.compute(s, results, mxcsr);
            boolean trap = mxcsr.commit();
            s.fx.putInt(24, mxcsr.value());
            if (trap) {
                s.trap = XM;
                s.rip = 0;
            } else {
                write.accept(s);
            }
        });
    }

    void operands(Ring3State s, boolean doubles) {
        SplittableRandom random = differential.random();
        s.mxcsr(FpOperands.mxcsr(random));
        for (int i = 0; i < 16; i++) s.ymm[i] = doubles ? FpOperands.aDouble(random) : FpOperands.singles(random);
        s.gpr[0] = random.nextLong() >> random.nextInt(64);
        if (random.nextInt(6) == 0) s.gpr[0] = (1L << random.nextInt(64)) + random.nextInt(-3, 4);
        if (random.nextInt(4) == 0) { // neighbours and opposites, for cancellation
            for (int i = 0; i < 4; i++) {
                int flip = random.nextInt(3) - 1;
                s.ymm[8 + i] =
                        s.ymm[4 + i] + (doubles ? flip : flip * 0x1_0000_0001L) ^ (random.nextLong() & Long.MIN_VALUE);
            }
        }
        if (random.nextInt(8) == 0) s.ymm[12] = s.ymm[4] ^ Long.MIN_VALUE;
    }

    /** ADDPD's family: one opcode, four prefixes. */
    void binary(String name, int opcode, Double2 d, Single2 f) {
        check(name + "sd", Code.vex(128, 0xf2, 1, false, opcode, 0, 1, 2, -1), true, 4, (s, r, m) -> {
            r[0] = d.apply(s.ymm[4], s.ymm[8], m);
            r[1] = s.ymm[5];
            r[2] = r[3] = 0;
        });
        check(name + "ss", Code.vex(128, 0xf3, 1, false, opcode, 0, 1, 2, -1), false, 4, (s, r, m) -> {
            r[0] = SingleArithmetic.word(f.apply((int) s.ymm[4], (int) s.ymm[8], m), (int) (s.ymm[4] >>> 32));
            r[1] = s.ymm[5];
            r[2] = r[3] = 0;
        });
        check(name + "pd", Code.vex(256, 0x66, 1, false, opcode, 0, 1, 2, -1), true, 4, (s, r, m) -> {
            for (int w = 0; w < 4; w++) r[w] = d.apply(s.ymm[4 + w], s.ymm[8 + w], m);
        });
        check(name + "ps", Code.vex(256, 0, 1, false, opcode, 0, 1, 2, -1), false, 4, (s, r, m) -> {
            for (int w = 0; w < 4; w++) r[w] = both(s.ymm[4 + w], s.ymm[8 + w], f, m);
        });
    }

    static long both(long a, long b, Single2 f, Mxcsr m) {
        return SingleArithmetic.word(f.apply((int) a, (int) b, m), f.apply((int) (a >>> 32), (int) (b >>> 32), m));
    }
}
