package io.paravert.soft.system;

import io.paravert.soft.state.Segment;

/** Fields of a segment, system or gate descriptor (AMD APM vol. 2, 4.7 and 4.8), given as the eight bytes in the table. */
final class Descriptor {
    // Types of system descriptors; in long mode TSS, LDT and call gates have 64-bit forms of the same numbers.
    static final int TSS16 = 1;
    static final int LDT = 2;
    static final int TSS16_BUSY = 3;
    static final int CALL_GATE16 = 4;
    static final int TASK_GATE = 5;
    static final int INTERRUPT_GATE16 = 6;
    static final int TRAP_GATE16 = 7;
    static final int TSS32 = 9;
    static final int TSS32_BUSY = 11;
    static final int CALL_GATE32 = 12;
    static final int INTERRUPT_GATE32 = 14;
    static final int TRAP_GATE32 = 15;

    private Descriptor() {}

    static long base(long raw) {
        return raw >>> 16 & 0xff_ffff | raw >>> 32 & 0xff00_0000L;
    }

    /** In bytes, granularity applied. */
    static long limit(long raw) {
        long limit = raw & 0xffff | raw >>> 32 & 0xf_0000;
        return (attributes(raw) & Segment.GRANULAR) != 0 ? limit << 12 | 0xfff : limit;
    }

    /** As {@link Segment#attributes}. */
    static int attributes(long raw) {
        return (int) (raw >>> 40) & 0xff | (int) (raw >>> 44) & 0xf00;
    }

    static int type(long raw) {
        return (int) (raw >>> 40) & 15;
    }

    static int dpl(long raw) {
        return (int) (raw >>> 45) & 3;
    }

    static boolean isPresent(long raw) {
        return (raw >>> 47 & 1) != 0;
    }

    /** A code or data segment, and no system descriptor. */
    static boolean isSegment(long raw) {
        return (raw >>> 44 & 1) != 0;
    }

    static boolean isCode(long raw) {
        return isSegment(raw) && (type(raw) & Segment.CODE) != 0;
    }

    static boolean isConforming(long raw) {
        return isCode(raw) && (type(raw) & Segment.EXPAND_DOWN_OR_CONFORMING) != 0;
    }

    static boolean isWritableData(long raw) {
        return isSegment(raw)
                && (type(raw) & (Segment.CODE | Segment.WRITABLE_OR_READABLE)) == Segment.WRITABLE_OR_READABLE;
    }

    /** Data, or code that can be read. */
    static boolean isReadable(long raw) {
        return isSegment(raw) && (type(raw) & (Segment.CODE | Segment.WRITABLE_OR_READABLE)) != Segment.CODE;
    }

    static boolean isLong(long raw) {
        return (attributes(raw) & Segment.LONG) != 0;
    }

    static boolean isBig(long raw) {
        return (attributes(raw) & Segment.BIG) != 0;
    }

    static int gateSelector(long raw) {
        return (int) (raw >>> 16) & 0xffff;
    }

    static long gateOffset(long raw) {
        return raw & 0xffff | raw >>> 32 & 0xffff_0000L;
    }

    /** Parameters that a call gate copies. */
    static int gateCount(long raw) {
        return (int) (raw >>> 32) & 31;
    }

    /** Interrupt stack table entry, 0 to 7. */
    static int gateIst(long raw) {
        return (int) (raw >>> 32) & 7;
    }
}
