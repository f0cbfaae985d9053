package io.paravert.isa;

/** Legacy prefixes and REX (AMD APM vol. 3, 1.2). */
final class Prefixes {
    static final int LOCK = 1;
    static final int OPERAND_SIZE = 2;
    static final int ADDRESS_SIZE = 4;
    static final int REX = 8;
    static final int VEX = 16;

    /** Codes in the order in which {@link Instruction#prefixTrace} counts them. */
    static final int CODE_ES = 1;

    static final int CODE_DS = 4;
    static final int CODE_FS = 5;
    static final int CODE_66 = 7;
    static final int CODE_67 = 8;
    static final int CODE_LOCK = 9;
    static final int CODE_F2 = 10;
    static final int CODE_F3 = 11;
    static final int CODE_REX = 12;

    private static final byte[] CODES = codes();

    private Prefixes() {}

    private static byte[] codes() {
        byte[] codes = new byte[256];
        codes[0x26] = CODE_ES;
        codes[0x2e] = CODE_ES + 1;
        codes[0x36] = CODE_ES + 2;
        codes[0x3e] = CODE_DS;
        codes[0x64] = CODE_FS;
        codes[0x65] = CODE_FS + 1;
        codes[0x66] = CODE_66;
        codes[0x67] = CODE_67;
        codes[0xf0] = CODE_LOCK;
        codes[0xf2] = CODE_F2;
        codes[0xf3] = CODE_F3;
        for (int b = 0x40; b < 0x50; b++) {
            codes[b] = CODE_REX;
        }
        return codes;
    }

    /** The position of the opcode. */
    static int read(byte[] code, int from, int end, Instruction out) {
        int at = from;
        while (at < end) {
            int b = code[at] & 0xff;
            int kind = CODES[b];
            if (kind == 0 || kind == CODE_REX && out.mode != 2) {
                break;
            }
            at++;
            out.prefixTrace = out.prefixTrace << 4 | kind;
            if (kind == CODE_REX) {
                out.rex = b & 15;
                out.prefixes |= REX;
            } else {
                legacy(kind, out);
            }
        }
        out.setSizes();
        return at;
    }

    private static void legacy(int kind, Instruction out) {
        // A REX prefix that does not stand right before the opcode is ignored.
        out.rex = 0;
        out.prefixes &= ~REX;
        switch (kind) {
            case CODE_66 -> out.prefixes |= OPERAND_SIZE;
            case CODE_67 -> out.prefixes |= ADDRESS_SIZE;
            case CODE_LOCK -> out.prefixes |= LOCK;
            case CODE_F2 -> out.rep = Instruction.PP_F2;
            case CODE_F3 -> out.rep = Instruction.PP_F3;
            default -> {
                // ES, CS, SS and DS are null prefixes in 64-bit code.
                if (out.mode != 2 || kind >= CODE_FS) {
                    out.segment = kind;
                }
            }
        }
    }
}
