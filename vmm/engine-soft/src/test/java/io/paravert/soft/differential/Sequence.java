package io.paravert.soft.differential;

import io.paravert.isa.CodeSize;
import io.paravert.isa.ControlFlow;
import io.paravert.isa.Decoder;
import io.paravert.isa.Instruction;
import io.paravert.isa.Mnemonic;
import io.paravert.isa.Register;
import io.paravert.soft.numeric.fp.FpOperands;
import io.paravert.soft.numeric.ring3.Ring3;
import io.paravert.soft.numeric.ring3.Ring3State;
import io.paravert.soft.numeric.ring3.Samples;
import io.paravert.soft.numeric.x87.X87Samples;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** A random sequence of instructions, and a random state for it. Refilled for each use. */
final class Sequence {
    private static final int LONGEST = 6;
    /** Bits 20 to 31 of the addresses where the native harness lies. */
    private static final int HARNESS = 0x135;

    private static final int PAGE = 4096;
    /** Overrides of segments that legacy modes have: CS, SS, DS, ES. */
    private static final byte[] SEGMENTS = {0x2e, 0x36, 0x3e, 0x26};

    /** The two operands that every memory form prefers: [displacement], and [register + displacement]. */
    private static final int NO_BASE = 0x25;

    private final CodeSize size;
    private final List<List<byte[]>> forms;
    private final Decoder decoder = new Decoder();
    private final Instruction in = new Instruction();
    private final byte[] buffer = new byte[40];
    private final byte[] bytes = new byte[Ring3.CODE_BYTES];
    private final long[] register = new long[2];
    private int length;
    private int undefinedFlags;
    private int undefinedOnTheWay;
    private SplittableRandom random;

    final Ring3State state = new Ring3State();

    Sequence(CodeSize size, Templates templates) {
        this.size = size;
        forms = templates.forms();
    }

    byte[] code() {
        return Arrays.copyOf(bytes, length);
    }

    /** Flags that the last instructions leave undefined. */
    int undefinedFlags() {
        return undefinedFlags;
    }

    /** Flags that any of the instructions leaves undefined: for code that does not reach its end. */
    int undefinedOnTheWay() {
        return undefinedOnTheWay;
    }

    /** Makes the sequence and state of a number. */
    void make(long seed) {
        random = new SplittableRandom(seed);
        makeState();
        length = 0;
        undefinedFlags = 0;
        undefinedOnTheWay = 0;
        int count = 1 + random.nextInt(LONGEST);
        for (int i = 0; i < count; i++) {
            List<byte[]> form = forms.get(random.nextInt(forms.size()));
            append(form.get(random.nextInt(form.size())));
        }
    }

    private void append(byte[] template) {
        int form = formOf(template);
        for (int tries = 0; tries < 20; tries++) {
            fill(template);
            int n = decoder.decode(buffer, 0, 15, size, in);
            if (n <= 0 || in.form() != form || !acceptable() || length + n > bytes.length) {
                continue;
            }
            if (in.controlFlow() == ControlFlow.CONDITIONAL) {
                Arrays.fill(buffer, n - (n > 5 ? 4 : in.operandSize() == 16 && n > 3 ? 2 : 1), n, (byte) 0);
                if (decoder.decode(buffer, 0, 15, size, in) != n || in.form() != form || in.branchTarget(0) != n) {
                    continue;
                }
            }
            System.arraycopy(buffer, 0, bytes, length, n);
            length += n;
            undefinedOnTheWay |= in.flagsUndefined();
            undefinedFlags = undefinedFlags & ~in.flagsWritten() | in.flagsUndefined();
            return;
        }
    }

    /** Undefined flags are not read, and no result is undefined. */
    private boolean acceptable() {
        Mnemonic m = in.mnemonic();
        boolean shifts16 = (m == Mnemonic.SHLD || m == Mnemonic.SHRD) && in.operandSize() == 16;
        boolean based = in.segmentOverride() == Register.FS || in.segmentOverride() == Register.GS;
        return (in.flagsRead() & undefinedFlags) == 0 && !shifts16 && !based;
    }

    private int formOf(byte[] template) {
        Arrays.fill(buffer, (byte) 0);
        System.arraycopy(template, 0, buffer, 0, template.length);
        buffer[template.length] = NO_BASE;
        return decoder.decode(buffer, 0, 15, size, in) > 0 ? in.form() : -1;
    }

    /** The template with random registers, an operand in memory, and random bytes after it. */
    private void fill(byte[] template) {
        int at = 0;
        int prefixes = random.nextInt(64);
        if (prefixes == 0) buffer[at++] = 0x67;
        if (prefixes == 1) buffer[at++] = (byte) 0xf0;
        if (!is64() && prefixes == 2) buffer[at++] = SEGMENTS[random.nextInt(SEGMENTS.length)];
        int i = 0;
        while (template[i] == 0x66 || (template[i] & 0xfe) == 0xf2) buffer[at++] = template[i++];
        if ((template[i] & 0xff) == 0xc4 && template.length > i + 4) {
            buffer[at++] = template[i++];
            buffer[at++] = (byte) (is64() ? template[i++] & 0x1f | random.nextInt(8) << 5 : template[i++]);
            boolean none = (template[i] & 0x78) == 0x78;
            buffer[at++] = (byte)
                    (none
                            ? template[i]
                            : template[i] & 0x87 | (is64() ? random.nextInt(16) : 8 + random.nextInt(8)) << 3);
            i++;
        } else if (is64() && (template[i] & 0xff) == 0x48) {
            buffer[at++] = (byte) (0x48 | random.nextInt(8));
            i++;
        } else if (is64() && random.nextInt(3) == 0) {
            buffer[at++] = (byte) (0x40 | random.nextInt(8));
        }
        while (i < template.length - 1) buffer[at++] = template[i++];
        at = operand(template[i] & 0xff, at);
        for (; at < 24; at++) buffer[at] = (byte) random.nextInt();
        pointMoffs(template);
    }

    private int operand(int modrm, int from) {
        int at = from;
        if ((modrm & 0xc0) != 0) {
            buffer[at++] = (byte) (modrm & 0xf8 | random.nextInt(8));
            if (random.nextInt(4) != 0) return at;
            buffer[at - 1] = (byte) modrm;
            return at;
        }
        int reg = random.nextBoolean() ? modrm & 0x38 : random.nextInt(8) << 3;
        if (size == CodeSize.CODE16 && random.nextInt(8) != 0) {
            return operand16(reg, at);
        }
        switch (random.nextInt(8)) {
            case 0 -> {
                buffer[at++] = (byte) (0x40 | reg | random.nextInt(8)); // [base + displacement], or a SIB of anything
                buffer[at++] = (byte) (random.nextInt(8) * 16);
            }
            case 1 -> {
                buffer[at++] = (byte) (0x44 | reg);
                buffer[at++] = (byte) random.nextInt(256);
                buffer[at++] = (byte) (random.nextInt(8) * 16);
            }
            case 2 -> {
                buffer[at++] = (byte) (0x44 | reg);
                buffer[at++] = (byte) (0x20 | random.nextInt(8)); // base alone
                buffer[at++] = (byte) (random.nextInt(3) * 16);
            }
            default -> {
                buffer[at++] = (byte) (reg | 4);
                buffer[at++] = NO_BASE;
                at = put32(at, memory() + offset());
            }
        }
        return at;
    }

    /** [displacement], or [registers + displacement]. */
    private int operand16(int reg, int from) {
        int at = from;
        int form = random.nextInt(8);
        if (form > 3) {
            buffer[at++] = (byte) (reg | 6);
        } else {
            buffer[at++] = (byte) (form % 3 << 6 | reg | random.nextInt(8));
        }
        int offset = offset();
        buffer[at++] = (byte) offset;
        buffer[at++] = (byte) (offset >> 8);
        return at;
    }

    private boolean is64() {
        return size == CodeSize.CODE64;
    }

    /** What addresses the memory that there is: 16-bit segments begin at it. */
    private int memory() {
        return size == CodeSize.CODE16 ? 0 : Ring3State.MEM_ADDRESS;
    }

    private int offset() {
        return switch (random.nextInt(16)) {
            case 0 -> PAGE - 1 - random.nextInt(40);
            case 1, 2, 3 -> random.nextInt(224);
            default -> random.nextInt(7) * 32;
        };
    }

    private int put32(int at, int value) {
        for (int i = 0; i < 4; i++) buffer[at + i] = (byte) (value >> 8 * i);
        return at + 4;
    }

    /** MOV with a direct address: to the memory that there is. */
    private void pointMoffs(byte[] template) {
        int head = template.length - 2;
        if ((template[head] & 0xfc) != 0xa0 || head > 2 || (template[Math.max(head - 1, 0)] & 0xff) == 0x0f) return;
        int at = 0;
        while ((buffer[at] & 0xfc) != 0xa0) at++;
        at = put32(at + 1, memory() + offset());
        if (is64()) put32(at, 0);
    }

    private void makeState() {
        state.clear();
        for (int i = 0; i < 16; i++) {
            state.gpr[i] = random.nextBoolean() ? memory() + 16L * random.nextInt(8) : Samples.integer(random);
        }
        for (int i = 0; i < 16; i++) {
            if ((state.gpr[i] >>> 20 & 0xfff) == HARNESS) state.gpr[i] = 3;
        }
        state.gpr[1] = random.nextInt(4) == 0 ? state.gpr[1] : random.nextInt(70);
        state.gpr[4] = memory() + 128 + 8L * random.nextInt(8);
        state.gpr[6] = memory() + random.nextInt(200);
        state.gpr[7] = memory() + random.nextInt(200);
        for (int i = 0; i < 16 && !is64(); i++) {
            state.gpr[i] = i < 8 ? state.gpr[i] & 0xffff_ffffL : 0;
        }
        state.rflags = Samples.flags(random);
        for (int i = 0; i < 64; i++) state.ymm[i] = word();
        for (int i = 0; i < Ring3State.MEM_BYTES; i += 8) state.mem.putLong(i, word());
        state.mxcsr(FpOperands.mxcsr(random));
        makeX87();
    }

    private long word() {
        return switch (random.nextInt(4)) {
            case 0 -> FpOperands.aDouble(random);
            case 1 -> FpOperands.aSingle(random) & 0xffff_ffffL | (long) FpOperands.aSingle(random) << 32;
            default -> Samples.word(random);
        };
    }

    private void makeX87() {
        int control = X87Samples.control(random);
        state.fx.putShort(0, (short) control);
        int flags = random.nextInt(16) == 0 ? random.nextInt(64) : random.nextInt(64) & control;
        int raised = (flags & ~control & 0x3f) != 0 ? 0x8080 : 0;
        int top = random.nextBoolean() ? 0 : random.nextInt(8);
        state.fx.putShort(2, (short) (flags | raised | top << 11 | random.nextInt() & 0x4700));
        state.fx.put(4, (byte) (random.nextInt(4) == 0 ? 0 : random.nextInt(256)));
        for (int i = 0; i < 8; i++) {
            X87Samples.value(random, register);
            state.fx.putShort(40 + 16 * i, (short) register[0]);
            state.fx.putLong(32 + 16 * i, register[1]);
        }
    }
}
