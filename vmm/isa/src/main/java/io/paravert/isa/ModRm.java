package io.paravert.isa;

/** Memory operands: ModRM, SIB and displacement (AMD APM vol. 3, 1.4). */
final class ModRm {
    /** Base and index of 16-bit addressing by ModRM.rm: BX+SI, BX+DI, BP+SI, BP+DI, SI, DI, BP, BX. */
    private static final int[] BASE_16 = {3, 3, 5, 5, 6, 7, 5, 3};

    private static final int[] INDEX_16 = {6, 7, 6, 7, -1, -1, -1, -1};

    private ModRm() {}

    /** Reads what follows the ModRM byte of a memory operand; the position past it. */
    static int read(byte[] code, int at, int end, Instruction out) {
        return out.addressBits == 16 ? read16(code, at, end, out) : read32(code, at, end, out);
    }

    private static int read16(byte[] code, int at, int end, Instruction out) {
        int rm = out.modrm & 7;
        int mod = out.modrm >> 6;
        if (mod == 0 && rm == 6) {
            return displacement(code, at, end, 2, out);
        }
        out.base = BASE_16[rm];
        out.index = INDEX_16[rm];
        return mod == 0 ? at : displacement(code, at, end, mod, out);
    }

    private static int read32(byte[] code, int from, int end, Instruction out) {
        int at = from;
        int rm = out.modrm & 7;
        int mod = out.modrm >> 6;
        if (rm == 4) {
            if (at >= end) {
                return Decoder.TRUNCATED;
            }
            int sib = code[at++];
            out.hasSib = true;
            out.scale = sib >> 6 & 3;
            int index = sib >> 3 & 7 | out.rex << 2 & 8;
            out.index = index == 4 && !vsib(out.form) ? -1 : index;
            rm = sib & 7;
            if (rm == 5 && mod == 0) {
                return displacement(code, at, end, 4, out);
            }
        } else if (rm == 5 && mod == 0) {
            out.base = out.mode == 2 ? Instruction.BASE_RIP : -1;
            return displacement(code, at, end, 4, out);
        }
        out.base = rm | out.rex << 3 & 8;
        return mod == 0 ? at : displacement(code, at, end, mod == 1 ? 1 : 4, out);
    }

    /** Gathers have their memory operand second. */
    private static boolean vsib(int form) {
        return (Forms.operand(form, 1) & (Layout.OP_VSIB_X | Layout.OP_VSIB_Y)) != 0;
    }

    private static int displacement(byte[] code, int at, int end, int bytes, Instruction out) {
        if (at + bytes > end) {
            return Decoder.TRUNCATED;
        }
        out.displacement = LittleEndian.signed(code, at, bytes);
        out.displacementBytes = bytes;
        return at + bytes;
    }
}
