package io.paravert.soft.translator;

import io.paravert.isa.CodeSize;
import io.paravert.isa.Decoder;
import io.paravert.isa.Instruction;
import io.paravert.isa.Mnemonic;
import io.paravert.isa.OperandKind;
import io.paravert.isa.Register;
import io.paravert.isa.RegisterClass;
import java.io.ByteArrayOutputStream;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;

/**
 * Loops of random instructions. R15 counts, RBX, RBP and R14 point to data, R13 walks through it and passes its end at last, RSP is the stack's: no other
 * instruction writes them.
 */
final class RandomCode {
    private static final Set<Mnemonic> PLAIN = EnumSet.of(
            Mnemonic.MOV,
            Mnemonic.MOVZX,
            Mnemonic.MOVSX,
            Mnemonic.MOVSXD,
            Mnemonic.LEA,
            Mnemonic.ADD,
            Mnemonic.SUB,
            Mnemonic.ADC,
            Mnemonic.SBB,
            Mnemonic.CMP,
            Mnemonic.TEST,
            Mnemonic.AND,
            Mnemonic.OR,
            Mnemonic.XOR,
            Mnemonic.INC,
            Mnemonic.DEC,
            Mnemonic.NOT,
            Mnemonic.NEG,
            Mnemonic.SHL,
            Mnemonic.SHR,
            Mnemonic.SAR,
            Mnemonic.ROL,
            Mnemonic.ROR,
            Mnemonic.RCL,
            Mnemonic.RCR,
            Mnemonic.SHLD,
            Mnemonic.SHRD,
            Mnemonic.BT,
            Mnemonic.BTS,
            Mnemonic.BTR,
            Mnemonic.BTC,
            Mnemonic.MUL,
            Mnemonic.IMUL,
            Mnemonic.DIV,
            Mnemonic.XCHG,
            Mnemonic.XADD,
            Mnemonic.CMPXCHG,
            Mnemonic.BSWAP,
            Mnemonic.CBW,
            Mnemonic.CWDE,
            Mnemonic.CDQE,
            Mnemonic.CWD,
            Mnemonic.CDQ,
            Mnemonic.CQO,
            Mnemonic.BSF,
            Mnemonic.BSR,
            Mnemonic.POPCNT,
            Mnemonic.LZCNT,
            Mnemonic.TZCNT,
            Mnemonic.CLC,
            Mnemonic.STC,
            Mnemonic.CMC,
            Mnemonic.LAHF,
            Mnemonic.SAHF,
            Mnemonic.NOP);

    /** Not to be written: RBX, RSP, RBP, R13, R14, R15. */
    private static final int KEPT = 1 << 3 | 1 << 4 | 1 << 5 | 1 << 13 | 1 << 14 | 1 << 15;

    private static final int BASES = 1 << 3 | 1 << 5 | 1 << 13 | 1 << 14;

    private final Random random;
    private final Decoder decoder = new Decoder();
    private final Instruction in = new Instruction();
    private final byte[] bytes = new byte[15];

    RandomCode(Random random) {
        this.random = random;
    }

    /** A word of memory: anything, two small singles, or a double that arithmetic does not lead out of range at once. */
    static long word(Random random) {
        long bits = random.nextLong();
        return switch (random.nextInt(3)) {
            case 0 -> bits;
            case 1 -> Double.doubleToRawLongBits((random.nextInt(2000) - 1000) * 0.125);
            default -> bits & 0x81ff_ffff_81ff_ffffL | 0x3e00_0000_3e00_0000L;
        };
    }

    /** {@code n} instructions, some of them jumps forward over others, then {@code dec r15; jnz} to the beginning, and HLT. */
    byte[] loop(int n) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < n; i++) {
            if (random.nextInt(12) == 0) {
                strings(out);
            } else if (random.nextInt(6) == 0) {
                byte[] skipped = instruction();
                out.write(0x70 + random.nextInt(16));
                out.write(skipped.length);
                out.writeBytes(skipped);
            } else {
                out.writeBytes(instruction());
            }
        }
        if (random.nextBoolean()) {
            // add [r13], rax or mov rax, [r13]; and add r13, 8
            out.writeBytes(new byte[] {0x49, (byte) (random.nextBoolean() ? 0x01 : 0x8b), 0x45, 0});
            out.writeBytes(instruction());
            out.writeBytes(new byte[] {0x49, (byte) 0x83, (byte) 0xc5, 0x08});
        }
        out.writeBytes(new byte[] {0x49, (byte) 0xff, (byte) 0xcf}); // dec r15
        int back = out.size() + 6;
        out.writeBytes(new byte[] {
            0x0f, (byte) 0x85, (byte) -back, (byte) (-back >> 8), (byte) (-back >> 16), (byte) (-back >> 24)
        });
        out.write(0xf4);
        return out.toByteArray();
    }

    /** A repeated string instruction over some of the data, upward or downward; from R13 on to its end. */
    private void strings(ByteArrayOutputStream out) {
        boolean down = random.nextInt(6) == 0;
        // mov ecx, count; lea rsi, [rbx + d]; lea rdi, [rbp + d] or [r13 + d]
        put(out, 0xb9, random.nextInt(random.nextBoolean() ? 20 : 400));
        put(out, 0x48, 0x8d, 0xb3, random.nextInt(0x800));
        boolean walks = random.nextInt(8) == 0;
        put(out, walks ? 0x49 : 0x48, 0x8d, 0xbd, random.nextInt(0x1800));
        if (down) {
            out.write(0xfd);
        }
        out.write(random.nextBoolean() ? 0xf3 : 0xf2);
        switch (random.nextInt(4)) {
            case 0 -> out.write(0x66);
            case 1 -> out.write(0x48);
            default -> {}
        }
        out.write(new int[] {0xa4, 0xa5, 0xaa, 0xab, 0xa6, 0xa7, 0xae, 0xaf}[random.nextInt(8)]);
        if (down) {
            out.write(0xfc);
        }
    }

    /** An opcode, and four bytes of the last number. */
    private static void put(ByteArrayOutputStream out, int... numbers) {
        for (int i = 0; i < numbers.length - 1; i++) {
            out.write(numbers[i]);
        }
        int last = numbers[numbers.length - 1];
        for (int i = 0; i < 4; i++) {
            out.write(last >> 8 * i);
        }
    }

    private byte[] instruction() {
        while (true) {
            fill();
            int length = decoder.decode(bytes, 0, 15, CodeSize.CODE64, in);
            if (length > 0 && length < 12 && isHarmless()) {
                byte[] result = new byte[length];
                System.arraycopy(bytes, 0, result, 0, length);
                return result;
            }
        }
    }

    private void fill() {
        random.nextBytes(bytes);
        int at = 0;
        if (random.nextInt(3) == 0) {
            fillVector();
            return;
        }
        if (random.nextInt(5) == 0) {
            bytes[at++] = 0x66;
        }
        if (random.nextInt(20) == 0) {
            bytes[at++] = (byte) 0xf0;
        }
        if (random.nextBoolean()) {
            bytes[at++] = (byte) (0x40 + random.nextInt(16));
        }
        if (random.nextInt(4) == 0) {
            bytes[at++] = 0x0f;
        }
        at++;
        // Displacements stay within the data.
        if ((bytes[at] & 0xc0) == 0x80) {
            bytes[at + 3] = 0;
            bytes[at + 4] = 0;
            bytes[at + 2] &= 3;
        }
    }

    private void fillVector() {
        int prefix = new int[] {0, 0x66, 0xf2, 0xf3}[random.nextInt(4)];
        int at = 0;
        if (prefix != 0) {
            bytes[at++] = (byte) prefix;
        }
        if (random.nextBoolean()) {
            bytes[at++] = (byte) (0x40 + random.nextInt(16));
        }
        bytes[at++] = 0x0f;
        // Most of SSE2 is there.
        int row = new int[] {0x10, 0x20, 0x50, 0x60, 0x70, 0xc0, 0xd0, 0xe0, 0xf0}[random.nextInt(9)];
        bytes[at++] = (byte) (row + random.nextInt(16));
        if ((bytes[at] & 0xc0) == 0x80) {
            bytes[at + 3] = 0;
            bytes[at + 4] = 0;
            bytes[at + 2] &= 3;
        }
    }

    /** Where alignment matters it is kept mostly. */
    private boolean isHarmlessVector() {
        boolean known = false;
        for (int i = 0; i < in.operandCount(); i++) {
            known |= in.register(i).cls() == RegisterClass.VECTOR;
            if (in.kind(i) == OperandKind.MEMORY && in.size(i) >= 128 && random.nextInt(20) != 0) {
                if (in.baseRegister().number() != 14 || (in.displacement() & 15) != 0) {
                    return false;
                }
            }
        }
        return known && !in.mnemonic().name().startsWith("MASKMOV");
    }

    private boolean isHarmless() {
        String name = in.mnemonic().name();
        boolean known =
                PLAIN.contains(in.mnemonic()) || name.startsWith("CMOV") || name.startsWith("SET") && name.length() < 7;
        if (!known && !isHarmlessVector() || in.addressSize() != 64) {
            return false;
        }
        boolean isStack = in.mnemonic() == Mnemonic.PUSH || in.mnemonic() == Mnemonic.POP;
        for (int i = 0; i < in.operandCount(); i++) {
            if (in.kind(i) == OperandKind.MEMORY && in.mnemonic() != Mnemonic.LEA && !isHarmlessMemory()) {
                return false;
            }
            if (in.kind(i) == OperandKind.REGISTER && !isHarmlessRegister(in.register(i), i < 2) || isStack) {
                return false;
            }
        }
        // Of memory the register's bits reach far.
        return !name.startsWith("BT") || in.kind(0) != OperandKind.MEMORY || in.kind(1) == OperandKind.IMMEDIATE;
    }

    private boolean isHarmlessMemory() {
        Register base = in.baseRegister();
        return base.cls() == RegisterClass.GPR
                && (BASES >> base.number() & 1) != 0
                && in.indexRegister() == Register.NONE
                && Math.abs(in.displacement()) < 1024;
    }

    private static boolean isHarmlessRegister(Register register, boolean written) {
        return switch (register.cls()) {
            case GPR -> !written || (KEPT >> register.number() & 1) == 0;
            case HIGH_BYTE -> register.number() != 7;
            case VECTOR -> true;
            default -> false;
        };
    }
}
