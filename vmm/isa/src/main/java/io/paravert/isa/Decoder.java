package io.paravert.isa;

import java.util.Objects;

/**
 * Reads one instruction from memory. A decoder has no state: any number of threads may share it, each with its own
 * {@link Instruction}. Nothing is allocated.
 *
 * <p>What is decoded is what the processor accepts as an opcode; privilege, CPUID features and CPU modes finer than
 * {@link CodeSize} (VEX in real mode) are for the caller, who finds them in the instruction.
 */
public final class Decoder {
    /** The bytes end before the instruction does. */
    public static final int TRUNCATED = -1;
    /** No such instruction: #UD. */
    public static final int INVALID = -2;
    /** Longer than 15 bytes: #GP(0). */
    public static final int TOO_LONG = -3;

    /** The longest instruction the architecture allows, in bytes. */
    public static final int MAX_LENGTH = 15;

    /**
     * Decodes the instruction at {@code offset}.
     *
     * @param code memory
     * @param offset of the first byte
     * @param limit index past the last byte that may be read; at most 15 bytes are
     * @param size the code segment's default size
     * @param out is overwritten; meaningless unless the result is positive
     * @return the length in bytes, 1-15, or TRUNCATED, INVALID or TOO_LONG
     */
    public int decode(byte[] code, int offset, int limit, CodeSize size, Instruction out) {
        Objects.checkFromToIndex(offset, limit, code.length);
        out.begin(size);
        int end = limit - offset > MAX_LENGTH ? offset + MAX_LENGTH : limit;
        int result = decode(code, offset, end, out);
        if (result == TRUNCATED) {
            return limit - offset >= MAX_LENGTH ? TOO_LONG : TRUNCATED;
        }
        if (result >= 0) {
            out.length = result - offset;
            return out.length;
        }
        return result;
    }

    /** The position past the instruction, or a negative result. */
    private static int decode(byte[] code, int offset, int end, Instruction out) {
        int at = Prefixes.read(code, offset, end, out);
        if (at >= 0) {
            at = opcode(code, at, end, out);
        }
        if (at < 0) {
            return at;
        }
        if (!Opcodes.isKnown(out.map, out.opcode)) {
            return INVALID;
        }
        boolean hasModRm = Opcodes.hasModRm(out.map, out.opcode);
        if (hasModRm) {
            if (at >= end) {
                return TRUNCATED;
            }
            out.modrm = code[at++] & 0xff;
        }
        int form = Opcodes.select(out);
        if (form < 0) {
            return INVALID;
        }
        int flags = Forms.flags(form);
        out.form = form;
        out.flags = flags;
        if ((flags & (Layout.F_D64 | Layout.F_P66)) != 0) {
            out.adjustOperandSize();
        }
        if (hasModRm && out.modrm < 0xc0 && (flags & Layout.F_ANYMOD) == 0) {
            at = ModRm.read(code, at, end, out);
            if (at < 0) {
                return at;
            }
        }
        at = immediates(code, at, end, out);
        return at < 0 || Legality.holds(out) ? at : INVALID;
    }

    private static int opcode(byte[] code, int from, int end, Instruction out) {
        int at = from;
        if (at >= end) {
            return TRUNCATED;
        }
        int b = code[at++] & 0xff;
        if (b == 0x0f) {
            if (at >= end) {
                return TRUNCATED;
            }
            b = code[at++] & 0xff;
            out.map = 1;
            if (b == 0x38 || b == 0x3a) {
                if (at >= end) {
                    return TRUNCATED;
                }
                out.map = b == 0x38 ? 2 : 3;
                b = code[at++] & 0xff;
            }
        } else if (b == 0xc4 || b == 0xc5) {
            if (at >= end) {
                return TRUNCATED;
            }
            if (out.mode == 2 || (code[at] & 0xc0) == 0xc0) {
                return Vex.read(code, at, end, b == 0xc4, out);
            }
        }
        out.opcode = b;
        return at;
    }

    private static int immediates(byte[] code, int from, int end, Instruction out) {
        int kind = Layout.flagsImmediate(out.flags);
        if (kind == Layout.IMM_NONE) {
            return from;
        }
        int bytes = switch (kind) {
            case Layout.IMM_B -> 1;
            case Layout.IMM_W -> 2;
            case Layout.IMM_Z, Layout.IMM_FAR -> out.operandBits == 16 ? 2 : 4;
            case Layout.IMM_V -> out.operandBits >> 3;
            default -> out.addressBits >> 3;
        };
        int at = from + bytes;
        if (at > end) {
            return TRUNCATED;
        }
        out.immediate = LittleEndian.signed(code, from, bytes);
        if (kind == Layout.IMM_FAR) {
            if (at + 2 > end) {
                return TRUNCATED;
            }
            out.immediate2 = (int) LittleEndian.signed(code, at, 2) & 0xffff;
            return at + 2;
        }
        if ((out.flags & Layout.F_IMM2) != 0) {
            if (at >= end) {
                return TRUNCATED;
            }
            out.immediate2 = code[at++];
        }
        return at;
    }
}
