package io.paravert.soft.numeric.x87;

import static io.paravert.soft.numeric.x87.X87Check.memory;

import io.paravert.soft.numeric.ring3.Differential;
import io.paravert.soft.numeric.ring3.Ring3;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** x87 statements against the processor underneath. */
class X87Test {
    private static Differential differential;
    private static X87Check check;

    @BeforeAll
    static void startTheProcessor() {
        differential = new Differential(Ring3.open("avx"));
        check = new X87Check(differential);
    }

    @AfterAll
    static void stopTheProcessor() {
        if (differential != null) differential.close();
    }

    @Test
    void shouldComputeOnRegistersAsTheProcessor() {
        int[] ops = {0, 1, 4, 5, 6, 7};
        for (int op : ops) {
            check.check(
                    "D8 /" + op,
                    String.format("d8%02x", 0xc1 | op << 3),
                    (f, s) -> X87Arithmetic.registers(f, op, 0, 1, false));
            int swapped = op < 4 ? op : op ^ 1;
            check.check(
                    "DC /" + op,
                    String.format("dc%02x", 0xc2 | op << 3),
                    (f, s) -> X87Arithmetic.registers(f, swapped, 2, 0, false));
            check.check(
                    "DE /" + op,
                    String.format("de%02x", 0xc1 | op << 3),
                    (f, s) -> X87Arithmetic.registers(f, swapped, 1, 0, true));
        }
    }

    @Test
    void shouldComputeOnMemoryOperandsAsTheProcessor() {
        int[] ops = {0, 1, 4, 5, 6, 7};
        for (int op : ops) {
            check.check("D8 /" + op, "d8" + memory(op), (f, s) -> X87Arithmetic.single(f, op, s.mem.getInt(0)));
            check.check("DC /" + op, "dc" + memory(op), (f, s) -> X87Arithmetic.dbl(f, op, s.mem.getLong(0)));
            check.check("DA /" + op, "da" + memory(op), (f, s) -> X87Arithmetic.integer(f, op, s.mem.getInt(0)));
            check.check("DE /" + op, "de" + memory(op), (f, s) -> X87Arithmetic.integer(f, op, s.mem.getShort(0)));
        }
    }

    @Test
    void shouldComputeOnOneOperandAsTheProcessor() {
        check.check("fsqrt", "d9fa", (f, s) -> X87Arithmetic.sqrt(f));
        check.check("fabs", "d9e1", (f, s) -> X87Arithmetic.abs(f));
        check.check("fchs", "d9e0", (f, s) -> X87Arithmetic.chs(f));
    }

    @Test
    void shouldLoadAsTheProcessor() {
        check.check("fld m32", "d9" + memory(0), (f, s) -> X87Load.single(f, s.mem.getInt(0)));
        check.check("fld m64", "dd" + memory(0), (f, s) -> X87Load.dbl(f, s.mem.getLong(0)));
        check.check(
                "fld m80",
                "db" + memory(5),
                (f, s) -> X87Load.extended(f, s.mem.getShort(8) & 0xffff, s.mem.getLong(0)));
        check.check("fld st3", "d9c3", (f, s) -> X87Load.register(f, 3));
        check.check("fild m16", "df" + memory(0), (f, s) -> X87Load.integer(f, s.mem.getShort(0)));
        check.check("fild m32", "db" + memory(0), (f, s) -> X87Load.integer(f, s.mem.getInt(0)));
        check.check("fild m64", "df" + memory(5), (f, s) -> X87Load.integer(f, s.mem.getLong(0)));
        check.check("fbld", "df" + memory(4), (f, s) -> X87Load.bcd(f, s.mem.getLong(0), s.mem.getShort(8) & 0xffff));
        for (int i = 0; i < 7; i++) {
            int which = i;
            check.check("fldconst" + i, String.format("d9%02x", 0xe8 + i), (f, s) -> X87Load.constant(f, which));
        }
    }

    @Test
    void shouldStoreAsTheProcessor() {
        check.store("fst m32", "d9" + memory(2), 4, false, X87Store::single);
        check.store("fstp m32", "d9" + memory(3), 4, true, X87Store::single);
        check.store("fst m64", "dd" + memory(2), 8, false, X87Store::dbl);
        check.store("fstp m64", "dd" + memory(3), 8, true, X87Store::dbl);
        check.store("fstp m80", "db" + memory(7), 10, true, X87Store::extended);
        check.store("fist m16", "df" + memory(2), 2, false, f -> X87Store.integer(f, 16, false));
        check.store("fistp m32", "db" + memory(3), 4, true, f -> X87Store.integer(f, 32, false));
        check.store("fistp m64", "df" + memory(7), 8, true, f -> X87Store.integer(f, 64, false));
        check.store("fisttp m16", "df" + memory(1), 2, true, f -> X87Store.integer(f, 16, true));
        check.store("fisttp m32", "db" + memory(1), 4, true, f -> X87Store.integer(f, 32, true));
        check.store("fisttp m64", "dd" + memory(1), 8, true, f -> X87Store.integer(f, 64, true));
        check.store("fbstp", "df" + memory(6), 10, true, X87Store::bcd);
        check.check("fst st2", "ddd2", (f, s) -> X87Store.register(f, 2, false));
        check.check("fstp st2", "ddda", (f, s) -> X87Store.register(f, 2, true));
    }

    @Test
    void shouldCompareAsTheProcessor() {
        check.check("fcom", "d8d1", (f, s) -> X87Compare.registers(f, 1, false, 0));
        check.check("fcomp", "d8d9", (f, s) -> X87Compare.registers(f, 1, false, 1));
        check.check("fcompp", "ded9", (f, s) -> X87Compare.registers(f, 1, false, 2));
        check.check("fucom", "dde1", (f, s) -> X87Compare.registers(f, 1, true, 0));
        check.check("fucomp", "dde9", (f, s) -> X87Compare.registers(f, 1, true, 1));
        check.check("fucompp", "dae9", (f, s) -> X87Compare.registers(f, 1, true, 2));
        check.check("fcom m32", "d8" + memory(2), (f, s) -> X87Compare.single(f, s.mem.getInt(0), 0));
        check.check("fcomp m64", "dc" + memory(3), (f, s) -> X87Compare.dbl(f, s.mem.getLong(0), 1));
        check.check("ficom m16", "de" + memory(2), (f, s) -> X87Compare.integer(f, s.mem.getShort(0), 0));
        check.check("ficomp m32", "da" + memory(3), (f, s) -> X87Compare.integer(f, s.mem.getInt(0), 1));
        check.check("ftst", "d9e4", (f, s) -> X87Compare.integer(f, 0, 0));
        check.check("fxam", "d9e5", (f, s) -> X87Compare.examine(f));
        String[] codes = {"dbf1", "dbe9", "dff1", "dfe9"};
        for (int i = 0; i < 4; i++) {
            boolean quiet = (i & 1) != 0;
            boolean pop = i >= 2;
            check.check("fcomi" + i, codes[i], (f, s) -> s.rflags = X87Compare.flags(f, 1, quiet, pop, (int) s.rflags));
        }
    }

    @Test
    void shouldMoveTheStackAsTheProcessor() {
        check.check("fxch", "d9ca", (f, s) -> X87Stack.exchange(f, 2));
        check.check("ffree", "ddc1", (f, s) -> X87Stack.free(f, 1, false));
        check.check("ffreep", "dfc1", (f, s) -> X87Stack.free(f, 1, true));
        check.check("fincstp", "d9f7", (f, s) -> X87Stack.rotate(f, 1));
        check.check("fdecstp", "d9f6", (f, s) -> X87Stack.rotate(f, -1));
        check.check("fcmovb", "dac2", (f, s) -> X87Stack.move(f, 2, (s.rflags & 1) != 0));
        check.check("fcmovnu", "dbda", (f, s) -> X87Stack.move(f, 2, (s.rflags & 4) == 0));
    }

    @Test
    void shouldControlAsTheProcessor() {
        check.check("fnclex", "dbe2", (f, s) -> f.clearExceptions());
        check.check("fninit", "dbe3", (f, s) -> f.initialize());
        check.check("fldcw", "d9" + memory(5), (f, s) -> f.control(s.mem.getShort(0)));
        check.check("fnstcw", "d9" + memory(7), (f, s) -> s.mem.putShort(0, (short) f.control()));
        check.check("fnstsw", "dd" + memory(7), (f, s) -> s.mem.putShort(0, (short) f.status()));
        check.check("emms", "0f77", (f, s) -> f.emms());
    }

    @Test
    void shouldSaveAndRestoreAsTheProcessor() {
        for (X87Image.Layout layout :
                new X87Image.Layout[] {X87Image.Layout.PROTECTED_32, X87Image.Layout.PROTECTED_16}) {
            String prefix = layout == X87Image.Layout.PROTECTED_16 ? "66" : "";
            check.check("fnstenv", prefix + "d9" + memory(6), (f, s) -> {
                X87Image.storeEnvironment(f, layout, s.mem.array());
                X87Image.maskAll(f);
            });
            check.check("fnsave", prefix + "dd" + memory(6), (f, s) -> {
                X87Image.save(f, layout, s.mem.array());
                f.initialize();
            });
            check.check(
                    "fldenv",
                    prefix + "d9" + memory(4),
                    512,
                    X87Test::image,
                    (f, s) -> X87Image.loadEnvironment(f, layout, s.mem.array()));
            check.check(
                    "frstor",
                    prefix + "dd" + memory(4),
                    512,
                    X87Test::image,
                    (f, s) -> X87Image.restore(f, layout, s.mem.array()));
        }
    }

    private static void image(io.paravert.soft.numeric.ring3.Ring3State s) {
        for (int i = 0; i < 128; i += 8) s.mem.putLong(i, differential.random().nextLong());
    }

    @Test
    void shouldTakePartsAsTheProcessor() {
        check.check("frndint", "d9fc", (f, s) -> X87Parts.roundToInteger(f));
        check.check("fxtract", "d9f4", (f, s) -> X87Parts.extract(f));
        check.check("fscale", "d9fd", (f, s) -> X87Parts.scale(f));
        check.check("fprem", "d9f8", (f, s) -> X87Parts.prem(f));
        check.check("fprem1", "d9f5", (f, s) -> X87Parts.prem1(f));
    }

    @Test
    void shouldComputeElementaryFunctionsAsTheProcessor() {
        differential.accepting(X87Test::withinOneUnit);
        function("fsin", "d9fe", X87Functions::sin);
        function("fcos", "d9ff", X87Functions::cos);
        function("fsincos", "d9fb", X87Functions::sincos);
        function("fptan", "d9f2", X87Functions::tan);
        function("fpatan", "d9f3", X87Functions::atan);
        function("f2xm1", "d9f0", X87Functions::exp2m1);
        function("fyl2x", "d9f1", X87Functions::yl2x);
        function("fyl2xp1", "d9f9", X87Functions::yl2xp1);
        differential.accepting((want, got) -> false);
    }

    private static void function(String name, String code, java.util.function.Consumer<X87State> statement) {
        check.check(name, code, (f, s) -> statement.accept(f));
    }

    private static boolean withinOneUnit(
            io.paravert.soft.numeric.ring3.Ring3State want, io.paravert.soft.numeric.ring3.Ring3State got) {
        int c1 = (want.fx.getShort(2) & 0x20) != 0 ? X87State.C1 : 0; // which way an inexact result went
        boolean same = ((want.fx.getShort(2) ^ got.fx.getShort(2)) & ~c1) == 0;
        for (int i = 0; i < 160; i++) {
            boolean value = i >= 28 && i < 64; // also MXCSR_MASK, which is the processor's
            if (!value && i != 2 && i != 3 && want.fx.get(i) != got.fx.get(i)) same = false;
        }
        return same && near(want, got, 0) && near(want, got, 1);
    }

    private static boolean near(
            io.paravert.soft.numeric.ring3.Ring3State want, io.paravert.soft.numeric.ring3.Ring3State got, int i) {
        long a = want.fx.getLong(32 + 16 * i);
        long b = got.fx.getLong(32 + 16 * i);
        int ase = want.fx.getShort(40 + 16 * i);
        int bse = got.fx.getShort(40 + 16 * i);
        if (ase == bse) return Math.abs(a - b) <= 1;
        return Math.abs(ase - bse) == 1 && Math.abs((a << 1) - (b << 1)) <= 2;
    }
}
