package io.paravert.isa;

import java.nio.charset.StandardCharsets;

/** Turns the strings of the generated tables back into arrays; numbers are most significant byte first. */
final class Unpack {
    private Unpack() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static char[] chars(String text) {
        byte[] bytes = bytes(text);
        char[] out = new char[bytes.length / 2];
        for (int i = 0; i < out.length; i++) {
            out[i] = (char) (bytes[2 * i] << 8 | bytes[2 * i + 1] & 0xff);
        }
        return out;
    }

    static int[] ints(String text) {
        char[] chars = chars(text);
        int[] out = new int[chars.length / 2];
        for (int i = 0; i < out.length; i++) {
            out[i] = chars[2 * i] << 16 | chars[2 * i + 1];
        }
        return out;
    }

    static long[] longs(String text) {
        int[] ints = ints(text);
        long[] out = new long[ints.length / 2];
        for (int i = 0; i < out.length; i++) {
            out[i] = (long) ints[2 * i] << 32 | ints[2 * i + 1] & 0xffff_ffffL;
        }
        return out;
    }
}
