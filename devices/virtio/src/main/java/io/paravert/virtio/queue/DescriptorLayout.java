package io.paravert.virtio.queue;

/**
 * A descriptor, virtio 1.2, 2.7.5 (split) and 2.8.13 (packed). Sixteen bytes, in two words of eight, each read at once:
 *
 * <pre>
 *          63                                             0
 *        0 | address                                      |
 *          63        48 47        32 31                   0
 *  split 8 | next      | flags      | length              |
 * packed 8 | flags     | buffer id  | length              |
 * </pre>
 */
final class DescriptorLayout {
    static final int BYTES = 16;
    static final int ALIGNMENT = 16;
    /** Offset of the second word. */
    static final int WORD = 8;

    /** The buffer goes on in the next descriptor. */
    static final int NEXT = 1;
    /** The device writes it; otherwise it only reads it. */
    static final int WRITE = 2;
    /** The buffer is a table of descriptors. */
    static final int INDIRECT = 4;
    /** Packed: made available when it equals the driver's wrap counter, and USED does not. */
    static final int AVAIL = 1 << 7;
    /** Packed: used when both equal the device's wrap counter. */
    static final int USED = 1 << 15;

    private DescriptorLayout() {}

    static long length(long word) {
        return word & 0xffff_ffffL;
    }

    static int splitFlags(long word) {
        return (int) (word >>> 32) & 0xffff;
    }

    static int splitNext(long word) {
        return (int) (word >>> 48);
    }

    static int packedId(long word) {
        return (int) (word >>> 32) & 0xffff;
    }

    static int packedFlags(long word) {
        return (int) (word >>> 48);
    }

    static long packedWord(long length, int id, int flags) {
        return length & 0xffff_ffffL | (long) id << 32 | (long) flags << 48;
    }
}
