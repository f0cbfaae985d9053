package io.paravert.soft.numeric.ring3;

import java.io.ByteArrayOutputStream;

/** Machine code for the tests, put together from the fields of its encoding. Registers 0 to 7 only. */
public final class Code {
    private Code() {}

    /** Bytes from their hexadecimal digits; spaces are ignored. */
    public static byte[] hex(String digits) {
        String d = digits.replace(" ", "");
        byte[] bytes = new byte[d.length() / 2];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) Integer.parseInt(d.substring(2 * i, 2 * i + 2), 16);
        return bytes;
    }

    /**
     * A legacy encoding with a register operand.
     *
     * @param prefix 0, 0x66, 0xf2 or 0xf3
     * @param map 0 the one-byte opcodes, 1 0F, 2 0F38, 3 0F3A
     * @param imm the immediate byte, or -1 for none
     */
    public static byte[] legacy(int prefix, int map, int opcode, boolean w, int reg, int rm, int imm) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (prefix != 0) out.write(prefix);
        if (w) out.write(0x48);
        if (map > 0) out.write(0x0f);
        if (map > 1) out.write(map == 2 ? 0x38 : 0x3a);
        out.write(opcode);
        out.write(0xc0 | reg << 3 | rm);
        if (imm >= 0) out.write(imm);
        return out.toByteArray();
    }

    /** A three-byte VEX encoding with register operands; {@code vvvv} -1 for none. */
    public static byte[] vex(
            int length, int prefix, int map, boolean w, int opcode, int reg, int vvvv, int rm, int imm) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int pp = prefix == 0x66 ? 1 : prefix == 0xf3 ? 2 : prefix == 0xf2 ? 3 : 0;
        out.write(0xc4);
        out.write(0xe0 | map);
        out.write((w ? 0x80 : 0) | (vvvv < 0 ? 15 : ~vvvv & 15) << 3 | (length == 256 ? 4 : 0) | pp);
        out.write(opcode);
        out.write(0xc0 | reg << 3 | rm);
        if (imm >= 0) out.write(imm);
        return out.toByteArray();
    }
}
