package io.paravert.soft.numeric.integer;

/** The CRC32 instruction of SSE4.2: polynomial 0x11EDC6F41, reflected. */
public final class Crc32c {
    private static final int[] BYTE = new int[256];

    static {
        for (int i = 0; i < 256; i++) {
            int c = i;
            for (int bit = 0; bit < 8; bit++) c = c >>> 1 ^ ((c & 1) != 0 ? 0x82f6_3b78 : 0);
            BYTE[i] = c;
        }
    }

    private Crc32c() {}

    /** @return the new value, zero-extended, of the accumulator {@code crc} after {@code bits} (8 to 64) of data */
    public static long crc32(long crc, long data, int bits) {
        int c = (int) crc;
        for (int shift = 0; shift < bits; shift += 8) c = c >>> 8 ^ BYTE[(c ^ (int) (data >>> shift)) & 0xff];
        return c & 0xffff_ffffL;
    }
}
