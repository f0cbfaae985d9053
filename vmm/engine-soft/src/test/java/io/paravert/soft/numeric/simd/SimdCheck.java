package io.paravert.soft.numeric.simd;

import io.paravert.soft.numeric.ring3.Code;
import io.paravert.soft.numeric.ring3.Differential;
import io.paravert.soft.numeric.ring3.Ring3State;
import io.paravert.soft.numeric.ring3.Samples;
import java.util.SplittableRandom;

/** Checks one statement in each form that its instruction has: MMX, legacy SSE, VEX.128 and VEX.256. */
final class SimdCheck {
    static final int MMX = 1;
    static final int SSE = 2;
    static final int VEX = 4;
    static final int VEX128 = 8;

    private static final int COUNT = 64;

    private final Differential differential;

    SimdCheck(Differential differential) {
        this.differential = differential;
    }

    void operands(Ring3State s) {
        SplittableRandom random = differential.random();
        s.rflags = Samples.flags(random);
        s.gpr[0] = Samples.integer(random);
        for (int i = 0; i < 16; i++) s.ymm[i] = Samples.word(random);
        if (random.nextInt(4) == 0) System.arraycopy(s.ymm, 4, s.ymm, 8, 4);
        if (random.nextInt(4) == 0) s.ymm[8] = s.ymm[4] ^ 1L << random.nextInt(64);
    }

    void mmxOperands(Ring3State s) {
        SplittableRandom random = differential.random();
        operands(s);
        s.fx.put(4, (byte) 0xff);
        for (int r = 0; r < 8; r++) s.mm(r, Samples.word(random));
    }

    void word(String name, int opcode, int forms, WordOp op) {
        word(name, 1, opcode, forms, op);
    }

    void word(String name, int map, int opcode, int forms, WordOp op) {
        mmx(name, map, opcode, -1, forms, op);
        lanes(name, map, opcode, -1, forms, (d, a, b, words) -> Vectors.word(op, d, 0, d, a, d, b, words));
    }

    void pair(String name, int map, int opcode, int forms, WordOp op) {
        mmx(name, map, opcode, -1, forms, op);
        lanes(name, map, opcode, -1, forms, (d, a, b, words) -> Vectors.pair(op, d, 0, d, a, d, b, words));
    }

    void lane(String name, int map, int opcode, int forms, LaneOp op) {
        lanes(name, map, opcode, -1, forms, (d, a, b, words) -> Vectors.lane(op, d, 0, d, a, d, b, words));
    }

    /** Each of a few immediates. */
    void laneImm(String name, int map, int opcode, int forms, int upperShift, LaneImmOp op) {
        for (int imm : immediates()) {
            lanes(
                    name + " " + imm,
                    map,
                    opcode,
                    imm,
                    forms,
                    (d, a, b, words) -> Vectors.lane(op, d, 0, d, a, d, b, words, imm, upperShift));
        }
    }

    int[] immediates() {
        int[] r = new int[10];
        for (int i = 0; i < r.length; i++) r[i] = differential.random().nextInt(i < 6 ? 256 : 20);
        return r;
    }

    /** A whole operation on register 0, from the registers at ymm indices a and b. */
    interface Whole {
        void apply(long[] ymm, int a, int b, int words);
    }

    void mmx(String name, int map, int opcode, int imm, int forms, WordOp op) {
        if ((forms & MMX) == 0) return;
        byte[] code = Code.legacy(0, map, opcode, false, 0, 1, imm);
        differential.check(name + " mmx", code, COUNT, this::mmxOperands, s -> s.mm(0, op.apply(s.mm(0), s.mm(1))));
    }

    /** Prefix 66 unless {@code forms} carries another in its second byte (1 for none). */
    void lanes(String name, int map, int opcode, int imm, int forms, Whole op) {
        int prefix = forms >> 8 == 0 ? 0x66 : forms >> 8 == 1 ? 0 : forms >> 8;
        if ((forms & SSE) != 0) {
            byte[] code = Code.legacy(prefix, map, opcode, false, 0, 1, imm);
            differential.check(name, code, COUNT, this::operands, s -> op.apply(s.ymm, 0, 4, 2));
            byte[] same = Code.legacy(prefix, map, opcode, false, 0, 0, imm);
            differential.check(name + " same", same, 8, this::operands, s -> op.apply(s.ymm, 0, 0, 2));
        }
        boolean unary = (forms & 0x10) != 0;
        if ((forms & (VEX | VEX128)) != 0) {
            byte[] code = Code.vex(128, prefix, map, false, opcode, 0, unary ? -1 : 1, 2, imm);
            differential.check("v" + name, code, COUNT, this::operands, s -> {
                op.apply(s.ymm, 4, 8, 2);
                s.ymm[2] = s.ymm[3] = 0;
            });
        }
        if ((forms & VEX) != 0) {
            byte[] code = Code.vex(256, prefix, map, false, opcode, 0, unary ? -1 : 1, 2, imm);
            differential.check("v" + name + " ymm", code, COUNT, this::operands, s -> op.apply(s.ymm, 4, 8, 4));
        }
    }
}
