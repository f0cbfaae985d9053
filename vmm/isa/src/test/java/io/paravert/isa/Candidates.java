package io.paravert.isa;

import java.util.SplittableRandom;

/** Byte strings that look more like instructions than random bytes do. */
final class Candidates {
    private static final int[] PREFIXES = {0x66, 0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x2e, 0x3e, 0x64, 0x65, 0x26, 0x36};

    private Candidates() {}

    /** A blob of slots as {@link ObjdumpComparison#compareSlots} wants it. */
    static byte[] blob(SplittableRandom random, int slots, CodeSize size) {
        byte[] blob = new byte[slots * ObjdumpComparison.SLOT];
        java.util.Arrays.fill(blob, (byte) 0x90);
        for (int i = 0; i < slots; i++) {
            candidate(random, blob, i * ObjdumpComparison.SLOT, size);
        }
        return blob;
    }

    private static void candidate(SplittableRandom random, byte[] blob, int from, CodeSize size) {
        int end = from + ObjdumpComparison.CANDIDATE;
        int at = from;
        while (random.nextInt(3) == 0 && at < from + 4) {
            blob[at++] = (byte) PREFIXES[random.nextInt(PREFIXES.length)];
        }
        if (size == CodeSize.CODE64 && random.nextInt(3) == 0) {
            blob[at++] = (byte) (0x40 + random.nextInt(16));
        }
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> blob[at++] = 0x0f;
            case 3 -> {
                blob[at++] = 0x0f;
                blob[at++] = (byte) (random.nextBoolean() ? 0x38 : 0x3a);
            }
            case 4 -> {
                blob[at++] = (byte) 0xc5;
                blob[at++] = (byte) (0xc0 | random.nextInt(64));
                if (size == CodeSize.CODE64 && random.nextBoolean()) {
                    blob[at - 1] &= 0x7f;
                }
            }
            case 5 -> {
                blob[at++] = (byte) 0xc4;
                int rxb = size == CodeSize.CODE64 ? random.nextInt(8) << 5 : 0xe0;
                blob[at++] = (byte) (rxb | 1 + random.nextInt(3));
                blob[at++] = (byte) (random.nextInt(256) | (random.nextBoolean() ? 0x78 : 0));
            }
            default -> {}
        }
        while (at < end) {
            blob[at++] = (byte) random.nextInt(256);
        }
    }
}
