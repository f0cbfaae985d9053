package io.paravert.isa;

/** Numbers in memory, least significant byte first. */
final class LittleEndian {
    private LittleEndian() {}

    /** One, two, four or eight bytes, sign-extended. */
    static long signed(byte[] code, int at, int bytes) {
        return switch (bytes) {
            case 1 -> code[at];
            case 2 -> (short) (code[at] & 0xff | code[at + 1] << 8);
            case 4 -> int32(code, at);
            default -> int32(code, at) & 0xffff_ffffL | (long) int32(code, at + 4) << 32;
        };
    }

    private static int int32(byte[] code, int at) {
        return code[at] & 0xff | (code[at + 1] & 0xff) << 8 | (code[at + 2] & 0xff) << 16 | code[at + 3] << 24;
    }

    /** Stores the low bytes of a number. */
    static void put(byte[] out, int at, long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out[at + i] = (byte) (value >> 8 * i);
        }
    }
}
