package io.paravert.guest;

/** Segment descriptors as they lie in a GDT (Intel SDM vol. 3, 3.4.5 and 7.2.3). */
public final class Descriptors {
    /** The first entry of every GDT. */
    public static final long NULL = 0;

    /** Requested privilege level 3, to be added to a selector. */
    public static final int RPL3 = 3;

    private static final long FLAT = 0x00cf_0000_0000_ffffL;
    private static final int ACCESS_SHIFT = 40;
    private static final int DPL_SHIFT = 45;
    private static final long CODE = 0x9b;
    private static final long DATA = 0x93;
    private static final long TSS_64 = 0x89;
    private static final long D = 1L << 54;
    private static final long L = 1L << 53;

    private Descriptors() {}

    /** A flat 32-bit code segment. */
    public static long code32(int dpl) {
        return FLAT | CODE << ACCESS_SHIFT | privilege(dpl);
    }

    /** A 64-bit code segment. */
    public static long code64(int dpl) {
        return FLAT & ~D | L | CODE << ACCESS_SHIFT | privilege(dpl);
    }

    /** A flat data and stack segment. */
    public static long data(int dpl) {
        return FLAT | DATA << ACCESS_SHIFT | privilege(dpl);
    }

    /**
     * The low half of an available 64-bit TSS's descriptor; the high half is {@code base >>> 32}.
     *
     * @param bytes size of the TSS, at least 104
     */
    public static long tss64(long base, int bytes) {
        long limit = bytes - 1L;
        return limit & 0xffff
                | (base & 0xff_ffff) << 16
                | TSS_64 << ACCESS_SHIFT
                | (limit >> 16 & 0xf) << 48
                | (base >> 24 & 0xff) << 56;
    }

    private static long privilege(int dpl) {
        if (dpl < 0 || dpl > 3) {
            throw new GuestProgramException("privilege level %d; expected 0 to 3", dpl);
        }
        return (long) dpl << DPL_SHIFT;
    }
}
