package io.paravert.isa.asm;

import io.paravert.isa.CodeSize;
import java.io.ByteArrayOutputStream;

/** Filling between pieces of code. */
final class Padding {
    /** Fill with instructions that do nothing. */
    static final int NOPS = -1;

    /** The long NOPs of 1-8 bytes that AMD and Intel recommend, for 32- and 64-bit code. */
    private static final byte[][] LONG_NOPS = {
        {(byte) 0x90},
        {0x66, (byte) 0x90},
        {0x0f, 0x1f, 0x00},
        {0x0f, 0x1f, 0x40, 0},
        {0x0f, 0x1f, 0x44, 0, 0},
        {0x66, 0x0f, 0x1f, 0x44, 0, 0},
        {0x0f, 0x1f, (byte) 0x80, 0, 0, 0, 0},
        {0x0f, 0x1f, (byte) 0x84, 0, 0, 0, 0, 0},
    };

    private Padding() {}

    static void fill(ByteArrayOutputStream out, int bytes, CodeSize size, int fill) {
        int left = bytes;
        while (left > 0) {
            if (fill != NOPS) {
                out.write(fill);
                left--;
            } else {
                int most = size == CodeSize.CODE16 ? 1 : LONG_NOPS.length;
                byte[] nop = LONG_NOPS[Math.min(left, most) - 1];
                out.writeBytes(nop);
                left -= nop.length;
            }
        }
    }
}
