package io.paravert.soft.numeric.x87;

import io.paravert.soft.numeric.fp.FpOperands;
import io.paravert.soft.numeric.ring3.Code;
import io.paravert.soft.numeric.ring3.Differential;
import io.paravert.soft.numeric.ring3.Ring3State;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Checks x87 statements: whole register stack, status, control, tags. */
final class X87Check {
    static final int MF = 16;
    private static final int COUNT = 512;

    private final Differential differential;
    private final X87State x87 = new X87State();
    private final long[] register = new long[2];

    X87Check(Differential differential) {
        this.differential = differential;
    }

    /** A statement on the x87 and, for memory operands, the rest of the state. */
    interface Statement {
        void apply(X87State f, Ring3State s);
    }

    void check(String name, String hex, Statement statement) {
        check(name, hex, COUNT, s -> {}, statement);
    }

    void check(String name, String hex, int count, Consumer<Ring3State> also, Statement statement) {
        byte[] code = Code.hex(hex);
        differential.check(
                name,
                code,
                count,
                s -> {
                    operands(s);
                    also.accept(s);
                },
                s -> {
                    load(s);
                    if (x87.pending() && waits(code)) {
                        s.trap = MF;
                        s.rip = 0;
                        store(s);
                        return;
                    }
                    if (code[0] != 0x0f && code[0] != 0x66 && !isControl(code)) note(code);
                    statement.apply(x87, s);
                    store(s);
                });
    }

    /** ModRM, SIB and displacement of the memory operand: the harness's memory, reg field as given. */
    static String memory(int reg) {
        return String.format("%02x2500000020", 4 | reg << 3);
    }

    /** A store to memory: prepared, written, finished. */
    interface Prepare {
        boolean apply(X87State f);
    }

    void store(String name, String hex, int bytes, boolean pop, Prepare prepare) {
        check(name, hex, (f, s) -> {
            if (prepare.apply(f)) {
                for (int i = 0; i < Math.min(bytes, 8); i++) s.mem.put(i, (byte) (f.stored() >> 8 * i));
                if (bytes == 10) s.mem.putShort(8, (short) f.storedHigh());
            }
            f.finishStore(pop);
        });
    }

    private void operands(Ring3State s) {
        SplittableRandom random = differential.random();
        s.rflags = random.nextInt() & 0x8d5 | 0x202;
        int control = X87Samples.control(random);
        int status = random.nextInt() & 0x7f3f & (random.nextInt(64) == 0 ? -1 : ~0x3f | control);
        s.fx.putShort(0, (short) control);
        s.fx.putShort(2, (short) status);
        s.fx.put(4, (byte) (random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(3) == 0 ? 0x0f : 0xff));
        if (random.nextInt(4) != 0) occupyTop(s, random);
        for (int i = 0; i < 8; i++) {
            X87Samples.value(random, register);
            s.fx.putLong(32 + 16 * i, register[1]).putShort(40 + 16 * i, (short) register[0]);
        }
        if (random.nextInt(4) == 0) relate(s, random);
        s.mem.putLong(0, random.nextInt(3) == 0 ? random.nextLong() : FpOperands.aDouble(random));
        if (random.nextBoolean()) s.mem.putInt(0, FpOperands.aSingle(random));
        if (random.nextInt(4) == 0) s.mem.putLong(0, random.nextLong() >> random.nextInt(64));
        X87Samples.value(random, register);
        s.mem.putShort(8, (short) register[0]);
    }

    /** ST(0) and ST(1) in use, ST(7) free. */
    private static void occupyTop(Ring3State s, SplittableRandom random) {
        int top = s.fx.getShort(2) >> 11 & 7;
        int tags = s.fx.get(4) & 0xff;
        tags |= 1 << top | 1 << (top + 1 & 7);
        if (random.nextInt(8) != 0) tags &= ~(1 << (top + 7 & 7));
        s.fx.put(4, (byte) tags);
    }

    /** ST(1) near ST(0) or its opposite. */
    private static void relate(Ring3State s, SplittableRandom random) {
        s.fx.putLong(48, s.fx.getLong(32) + random.nextInt(-1, 2));
        s.fx.putShort(56, (short) (s.fx.getShort(40) + random.nextInt(-1, 2) ^ random.nextInt(2) << 15));
    }

    /** The FN instructions do not wait for pending exceptions; LDCW, LDENV and RSTOR do. */
    private static boolean waits(byte[] code) {
        int modrm = code[code[0] == 0x66 ? 2 : 1];
        int reg = modrm >> 3 & 7;
        return !isControl(code) || (modrm >= 0 && (reg == 4 || reg == 5));
    }

    private static boolean isControl(byte[] code) {
        int at = code[0] == 0x66 ? 1 : 0;
        int modrm = code[at + 1];
        int reg = modrm >> 3 & 7;
        return switch (code[at] & 0xff) {
            case 0xd9 -> modrm >= 0 && reg >= 4;
            case 0xdb -> modrm < 0 && reg == 4;
            case 0xdd -> modrm >= 0 && (reg == 4 || reg >= 6);
            default -> false;
        };
    }

    private void load(Ring3State s) {
        x87.initialize();
        X87Image.fxrstor(x87, true, s.fx.array());
    }

    private void note(byte[] code) {
        x87.note((code[0] & 7) << 8 | code[1] & 0xff, 0, Ring3State.CODE_ADDRESS);
        if (code[1] >= 0) x87.noteData(0, Ring3State.MEM_ADDRESS);
    }

    private void store(Ring3State s) {
        X87Image.fxsave(x87, true, s.fx.array());
    }
}
