package io.paravert.soft.numeric.integer;

import static io.paravert.soft.numeric.ring3.Code.legacy;
import static io.paravert.soft.numeric.ring3.Code.vex;

import io.paravert.soft.numeric.ring3.Code;
import io.paravert.soft.numeric.ring3.Differential;
import io.paravert.soft.numeric.ring3.Ring3;
import io.paravert.soft.numeric.ring3.Ring3State;
import io.paravert.soft.numeric.ring3.Samples;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Integer statements against the processor underneath. */
class IntegerTest {
    private static final int RAX = 0;
    private static final int RCX = 1;
    private static final int RDX = 2;
    private static final int RBX = 3;
    private static final int COUNT = 256;
    private static final int[] SIZES = {8, 16, 32, 64};

    private static Differential differential;

    @BeforeAll
    static void startTheProcessor() {
        differential = new Differential(Ring3.open("bmi1", "bmi2", "adx", "abm", "sse4_2"));
    }

    @AfterAll
    static void stopTheProcessor() {
        if (differential != null) differential.close();
    }

    private static void check(String name, byte[] code, Consumer<Ring3State> statement) {
        differential.check(name, code, COUNT, IntegerTest::operands, statement);
    }

    private static void operands(Ring3State s) {
        SplittableRandom random = differential.random();
        s.rflags = Samples.flags(random);
        for (int r = 0; r < 4; r++) s.gpr[r] = Samples.integer(random);
        if (random.nextInt(4) == 0) s.gpr[RDX] = s.gpr[RBX] >>> random.nextInt(5);
        if (random.nextInt(4) == 0) s.gpr[RDX] = s.gpr[RAX] >> 63;
    }

    /** Writes a register as an instruction of that size does. */
    private static void put(Ring3State s, int r, long value, int bits) {
        long m = Flags.mask(bits);
        s.gpr[r] = bits >= 32 ? value & m : s.gpr[r] & ~m | value & m;
    }

    private static byte[] sized(int map, int opcode, int bits, int reg, int rm) {
        return legacy(bits == 16 ? 0x66 : 0, map, bits == 8 ? opcode - 1 : opcode, bits == 64, reg, rm, -1);
    }

    private static byte[] sizedImm(int map, int opcode, int bits, int reg, int rm, int imm) {
        return legacy(bits == 16 ? 0x66 : 0, map, bits == 8 ? opcode - 1 : opcode, bits == 64, reg, rm, imm);
    }

    private static void flags(Ring3State s, int arithmetic) {
        s.rflags = arithmetic;
    }

    @Test
    void shouldMultiplyAsTheProcessor() {
        for (int bits : SIZES) {
            check("mul" + bits, sized(0, 0xf7, bits, 4, RBX), s -> {
                long a = s.gpr[RAX];
                long b = s.gpr[RBX];
                flags(s, MulDiv.mulFlags(a, b, bits, (int) s.rflags));
                product(s, bits == 64 ? a * b : MulDiv.mul(a, b, bits), MulDiv.mulHigh(a, b), bits);
            });
            check("imul" + bits, sized(0, 0xf7, bits, 5, RBX), s -> {
                long a = s.gpr[RAX];
                long b = s.gpr[RBX];
                flags(s, MulDiv.imulFlags(a, b, bits, (int) s.rflags));
                product(s, bits == 64 ? a * b : MulDiv.imul(a, b, bits), MulDiv.imulHigh(a, b), bits);
            });
            if (bits == 8) continue;
            check("imul2." + bits, sized(1, 0xaf, bits, RCX, RBX), s -> {
                flags(s, MulDiv.imulFlags(s.gpr[RCX], s.gpr[RBX], bits, (int) s.rflags));
                put(s, RCX, s.gpr[RCX] * s.gpr[RBX], bits);
            });
        }
    }

    private static void product(Ring3State s, long low, long high, int bits) {
        if (bits == 8) {
            put(s, RAX, low, 16);
        } else {
            put(s, RAX, low, bits);
            put(s, RDX, bits == 64 ? high : low >>> bits, bits);
        }
    }

    @Test
    void shouldDivideAsTheProcessorAndFaultWhereItDoes() {
        for (int bits : SIZES) {
            check("div" + bits, sized(0, 0xf7, bits, 6, RBX), s -> divide(s, bits, false));
            check("idiv" + bits, sized(0, 0xf7, bits, 7, RBX), s -> divide(s, bits, true));
        }
    }

    private static void divide(Ring3State s, int bits, boolean signed) {
        long d = s.gpr[RBX];
        if (bits == 64) {
            divide64(s, d, signed);
            return;
        }
        long m = Flags.mask(bits);
        long n = bits == 8 ? s.gpr[RAX] & 0xffff : (s.gpr[RDX] & m) << bits | s.gpr[RAX] & m;
        if (signed ? MulDiv.idivFaults(n, d, bits) : MulDiv.divFaults(n, d, bits)) {
            fault(s);
            return;
        }
        long q = signed ? MulDiv.idiv(n, d, bits) : MulDiv.div(n, d, bits);
        long r = signed ? MulDiv.irem(n, d, bits) : MulDiv.rem(n, d, bits);
        put(s, RAX, bits == 8 ? r << 8 | q : q, Math.max(bits, 16));
        if (bits > 8) put(s, RDX, r, bits);
        flags(s, MulDiv.divFlags((int) s.rflags));
    }

    private static void fault(Ring3State s) {
        s.trap = 0;
    }

    private static void divide64(Ring3State s, long d, boolean signed) {
        long hi = s.gpr[RDX];
        long lo = s.gpr[RAX];
        if (signed ? MulDiv.idivFaults64(hi, lo, d) : MulDiv.divFaults64(hi, lo, d)) {
            fault(s);
            return;
        }
        flags(s, MulDiv.divFlags((int) s.rflags));
        s.gpr[RAX] = signed ? MulDiv.idiv64(hi, lo, d) : MulDiv.div64(hi, lo, d);
        s.gpr[RDX] = signed ? MulDiv.irem64(hi, lo, d) : MulDiv.rem64(hi, lo, d);
    }

    @Test
    void shouldRotateAsTheProcessor() {
        for (int bits : SIZES) {
            check("rol" + bits, sized(0, 0xd3, bits, 0, RBX), s -> {
                int c = (int) s.gpr[RCX] & 0xff;
                long a = s.gpr[RBX];
                if ((c & (bits == 64 ? 63 : 31)) != 0 || bits == 32) put(s, RBX, Rotate.rol(a, c, bits), bits);
                flags(s, Rotate.rolFlags(a, c, bits, (int) s.rflags));
            });
            check("ror" + bits, sized(0, 0xd3, bits, 1, RBX), s -> {
                int c = (int) s.gpr[RCX] & 0xff;
                long a = s.gpr[RBX];
                put(s, RBX, Rotate.ror(a, c, bits), bits);
                flags(s, Rotate.rorFlags(a, c, bits, (int) s.rflags));
            });
            check("rcl" + bits, sized(0, 0xd3, bits, 2, RBX), s -> {
                int c = (int) s.gpr[RCX] & 0xff;
                long a = s.gpr[RBX];
                int old = (int) s.rflags;
                put(s, RBX, Rotate.rcl(a, c, bits, old), bits);
                flags(s, Rotate.rclFlags(a, c, bits, old));
            });
            check("rcr" + bits, sized(0, 0xd3, bits, 3, RBX), s -> {
                int c = (int) s.gpr[RCX] & 0xff;
                long a = s.gpr[RBX];
                int old = (int) s.rflags;
                put(s, RBX, Rotate.rcr(a, c, bits, old), bits);
                flags(s, Rotate.rcrFlags(a, c, bits, old));
            });
        }
    }

    @Test
    void shouldShiftDoublePrecisionAsTheProcessor() {
        for (int bits : SIZES) {
            if (bits == 8) continue;
            check("shld" + bits, sized(1, 0xa5, bits, RDX, RBX), s -> {
                int c = (int) s.gpr[RCX] & 0xff;
                long a = s.gpr[RBX];
                put(s, RBX, Rotate.shld(a, s.gpr[RDX], c, bits), bits);
                flags(s, Rotate.shldFlags(a, s.gpr[RDX], c, bits, (int) s.rflags));
            });
            check("shrd" + bits, sized(1, 0xad, bits, RDX, RBX), s -> {
                int c = (int) s.gpr[RCX] & 0xff;
                long a = s.gpr[RBX];
                put(s, RBX, Rotate.shrd(a, s.gpr[RDX], c, bits), bits);
                flags(s, Rotate.shrdFlags(a, s.gpr[RDX], c, bits, (int) s.rflags));
            });
        }
    }

    @Test
    void shouldScanAndCountBitsAsTheProcessor() {
        for (int bits : SIZES) {
            if (bits == 8) continue;
            check("bsf" + bits, sized(1, 0xbc, bits, RCX, RBX), s -> {
                long index = BitScan.bsf(s.gpr[RBX], bits, s.gpr[RCX]);
                flags(s, BitScan.scanFlags(s.gpr[RBX], index, bits, (int) s.rflags));
                boolean zero = (s.gpr[RBX] & Flags.mask(bits)) == 0;
                if (!zero) put(s, RCX, index, bits);
            });
            check("bsr" + bits, sized(1, 0xbd, bits, RCX, RBX), s -> {
                long index = BitScan.bsr(s.gpr[RBX], bits, s.gpr[RCX]);
                flags(s, BitScan.scanFlags(s.gpr[RBX], index, bits, (int) s.rflags));
                boolean zero = (s.gpr[RBX] & Flags.mask(bits)) == 0;
                if (!zero) put(s, RCX, index, bits);
            });
            counted("tzcnt", bits, 0xbc, BitScan::tzcnt);
            counted("lzcnt", bits, 0xbd, BitScan::lzcnt);
            check("popcnt" + bits, f3(0xb8, bits), s -> {
                flags(s, BitScan.popcntFlags(s.gpr[RBX], bits, (int) s.rflags));
                put(s, RCX, BitScan.popcnt(s.gpr[RBX], bits), bits);
            });
        }
    }

    private interface Sized {
        long apply(long a, int bits);
    }

    private interface Sized2 {
        long apply(long a, long b, int bits);
    }

    private static byte[] f3(int opcode, int bits) {
        byte[] code = legacy(0xf3, 1, opcode, bits == 64, RCX, RBX, -1);
        return bits == 16 ? Code.hex("66" + java.util.HexFormat.of().formatHex(code)) : code;
    }

    private static void counted(String name, int bits, int opcode, Sized op) {
        check(name + bits, f3(opcode, bits), s -> {
            long r = op.apply(s.gpr[RBX], bits);
            flags(s, BitScan.countFlags(s.gpr[RBX], r, bits, (int) s.rflags));
            put(s, RCX, r, bits);
        });
    }

    @Test
    void shouldHandleBitFieldsAsTheProcessor() {
        for (int bits : new int[] {32, 64}) {
            boolean w = bits == 64;
            check("andn" + bits, vex(128, 0, 2, w, 0xf2, RCX, RDX, RBX, -1), s -> {
                long r = BitField.andn(s.gpr[RDX], s.gpr[RBX], bits);
                put(s, RCX, r, bits);
                flags(s, BitField.andnFlags(r, bits, (int) s.rflags));
            });
            check("blsr" + bits, vex(128, 0, 2, w, 0xf3, 1, RCX, RBX, -1), s -> {
                put(s, RCX, BitField.blsr(s.gpr[RBX], bits), bits);
                flags(s, BitField.blsrFlags(s.gpr[RBX], bits, (int) s.rflags));
            });
            check("blsmsk" + bits, vex(128, 0, 2, w, 0xf3, 2, RCX, RBX, -1), s -> {
                put(s, RCX, BitField.blsmsk(s.gpr[RBX], bits), bits);
                flags(s, BitField.blsmskFlags(s.gpr[RBX], bits, (int) s.rflags));
            });
            check("blsi" + bits, vex(128, 0, 2, w, 0xf3, 3, RCX, RBX, -1), s -> {
                put(s, RCX, BitField.blsi(s.gpr[RBX], bits), bits);
                flags(s, BitField.blsiFlags(s.gpr[RBX], bits, (int) s.rflags));
            });
            check("bextr" + bits, vex(128, 0, 2, w, 0xf7, RCX, RDX, RBX, -1), s -> {
                long r = BitField.bextr(s.gpr[RBX], s.gpr[RDX], bits);
                put(s, RCX, r, bits);
                flags(s, BitField.bextrFlags(r, bits, (int) s.rflags));
            });
            check("bzhi" + bits, vex(128, 0, 2, w, 0xf5, RCX, RDX, RBX, -1), s -> {
                long r = BitField.bzhi(s.gpr[RBX], s.gpr[RDX], bits);
                put(s, RCX, r, bits);
                flags(s, BitField.bzhiFlags(r, s.gpr[RDX], bits, (int) s.rflags));
            });
        }
    }

    @Test
    void shouldMoveBitsWithoutFlagsAsTheProcessor() {
        for (int bits : new int[] {32, 64}) {
            moved("pdep", bits, 0xf2, 0xf5, true, BitField::pdep);
            moved("pext", bits, 0xf3, 0xf5, true, BitField::pext);
            moved("sarx", bits, 0xf3, 0xf7, false, BitField::sarx);
            moved("shlx", bits, 0x66, 0xf7, false, BitField::shlx);
            moved("shrx", bits, 0xf2, 0xf7, false, BitField::shrx);
            check(
                    "rorx" + bits,
                    vex(128, 0xf2, 3, bits == 64, 0xf0, RCX, -1, RBX, 0x2d),
                    s -> put(s, RCX, BitField.rorx(s.gpr[RBX], 0x2d, bits), bits));
            check("mulx" + bits, vex(128, 0xf2, 2, bits == 64, 0xf6, RCX, RAX, RBX, -1), s -> {
                long a = s.gpr[RDX];
                long b = s.gpr[RBX];
                put(s, RAX, a * b, bits);
                put(s, RCX, bits == 64 ? MulDiv.mulHigh(a, b) : MulDiv.mul(a, b, 32) >>> 32, bits);
            });
            adx("adcx", bits, 0x66, Flags.CF);
            adx("adox", bits, 0xf3, Flags.OF);
        }
    }

    /** @param maskInRm the operand order: source in vvvv and mask in r/m, or source in r/m and count in vvvv */
    private static void moved(String name, int bits, int prefix, int opcode, boolean maskInRm, Sized2 op) {
        check(name + bits, vex(128, prefix, 2, bits == 64, opcode, RCX, RDX, RBX, -1), s -> {
            long a = maskInRm ? s.gpr[RDX] : s.gpr[RBX];
            long b = maskInRm ? s.gpr[RBX] : s.gpr[RDX];
            put(s, RCX, op.apply(a, b, bits), bits);
        });
    }

    private static void adx(String name, int bits, int prefix, int flag) {
        check(name + bits, legacy(prefix, 2, 0xf6, bits == 64, RCX, RBX, -1), s -> {
            int old = (int) s.rflags;
            long a = s.gpr[RCX];
            put(s, RCX, BitField.adx(a, s.gpr[RBX], bits, flag, old), bits);
            flags(s, BitField.adxFlags(a, s.gpr[RBX], bits, flag, old));
        });
    }

    @Test
    void shouldComputeCrc32AsTheProcessor() {
        for (int bits : SIZES) {
            byte[] code = legacy(0xf2, 2, bits == 8 ? 0xf0 : 0xf1, bits == 64, RCX, RBX, -1);
            byte[] sized = bits == 16 ? Code.hex("66" + java.util.HexFormat.of().formatHex(code)) : code;
            check("crc32." + bits, sized, s -> s.gpr[RCX] = Crc32c.crc32(s.gpr[RCX], s.gpr[RBX], bits));
        }
    }

    @Test
    void shouldAdjustDecimalsAsTheProcessorDoesIn32BitCode() {
        adjust("daa", "27", s -> {
            int al = (int) s.gpr[RAX];
            put(s, RAX, DecimalAdjust.daa(al, (int) s.rflags), 8);
            flags(s, DecimalAdjust.daaFlags(al, (int) s.rflags));
        });
        adjust("das", "2f", s -> {
            int al = (int) s.gpr[RAX];
            put(s, RAX, DecimalAdjust.das(al, (int) s.rflags), 8);
            flags(s, DecimalAdjust.dasFlags(al, (int) s.rflags));
        });
        adjust("aaa", "37", s -> {
            int ax = (int) s.gpr[RAX];
            put(s, RAX, DecimalAdjust.aaa(ax, (int) s.rflags), 16);
            flags(s, DecimalAdjust.aaaFlags(ax, (int) s.rflags));
        });
        adjust("aas", "3f", s -> {
            int ax = (int) s.gpr[RAX];
            put(s, RAX, DecimalAdjust.aas(ax, (int) s.rflags), 16);
            flags(s, DecimalAdjust.aasFlags(ax, (int) s.rflags));
        });
        for (int base : new int[] {10, 16, 1, 255}) {
            adjust("aam", String.format("d4%02x", base), s -> {
                put(s, RAX, DecimalAdjust.aam((int) s.gpr[RAX], base), 16);
                flags(s, DecimalAdjust.aamFlags((int) s.gpr[RAX] & 0xff, (int) s.rflags));
            });
            adjust("aad", String.format("d5%02x", base), s -> {
                flags(s, DecimalAdjust.aadFlags((int) s.gpr[RAX], base, (int) s.rflags));
                put(s, RAX, DecimalAdjust.aad((int) s.gpr[RAX], base), 16);
            });
        }
    }

    /** Far jumps into 32-bit code and back; only the low halves of RAX to RBX are used. */
    private static void adjust(String name, String instruction, Consumer<Ring3State> statement) {
        int after = 7 + instruction.length() / 2 + 7;
        // ljmp *[MEM]; in 32-bit code: the instruction, ljmp 0x33:after
        byte[] code = Code.hex("ff2c2500000020" + instruction + "ea" + le32(Ring3State.CODE_ADDRESS + after) + "3300");
        differential.check(
                name,
                code,
                2 * COUNT,
                s -> {
                    operands(s);
                    s.gpr[RAX] &= 0xffff;
                    for (int r = 1; r < 4; r++) s.gpr[r] = 0;
                    s.mem.putInt(0, Ring3State.CODE_ADDRESS + 7).putShort(4, (short) 0x23);
                },
                statement);
    }

    private static String le32(int value) {
        return String.format("%08x", Integer.reverseBytes(value));
    }
}
