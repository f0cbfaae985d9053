package io.paravert.isa;

/** The VEX prefix in its two- and three-byte forms (AMD APM vol. 3, 1.8; Intel SDM vol. 2, 2.3). */
final class Vex {
    private static final int MAP_0F = 4;

    private Vex() {}

    /** Reads from the byte after C4 or C5; the position past the opcode. */
    static int read(byte[] code, int from, int end, boolean three, Instruction out) {
        int at = from;
        if (at + (three ? 3 : 2) > end) {
            return Decoder.TRUNCATED;
        }
        int first = ~code[at++];
        out.map = MAP_0F;
        int rex = first >> 5 & 4;
        int last;
        if (three) {
            int map = ~first & 0x1f;
            if (map < 1 || map > 3) {
                return Decoder.INVALID;
            }
            out.map = MAP_0F - 1 + map;
            rex = first >> 5 & 7;
            last = code[at++];
            rex |= last >> 4 & 8;
        } else {
            last = ~first;
        }
        int forbidden = Prefixes.LOCK | Prefixes.OPERAND_SIZE | Prefixes.REX;
        if ((out.prefixes & forbidden) != 0 || out.rep != 0) {
            return Decoder.INVALID;
        }
        out.prefixes |= Prefixes.VEX;
        // Outside 64-bit code R and X are always clear, and B and the high bit of vvvv are ignored.
        out.rex = out.mode == 2 ? rex : rex & 8;
        out.vvvv = ~last >> 3 & (out.mode == 2 ? 15 : 7);
        out.vvvvUnused = (last & 0x78) == 0x78;
        out.vectorL = last >> 2 & 1;
        out.rep = last & 3;
        out.operandBits = (out.rex & 8) != 0 && out.mode == 2 ? 64 : 32;
        out.opcode = code[at++] & 0xff;
        return at;
    }
}
