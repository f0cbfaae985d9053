package io.paravert.soft.state;

import io.paravert.vmm.engine.CpuState;

/** A segment register with its hidden part (AMD APM vol. 2, 4.5 and 4.7). vCPU thread only. */
public final class Segment {
    public static final int ES = 0;
    public static final int CS = 1;
    public static final int SS = 2;
    public static final int DS = 3;
    public static final int FS = 4;
    public static final int GS = 5;
    public static final int LDTR = 6;
    public static final int TR = 7;

    // Attributes: bits 0-3 type, 4 S, 5-6 DPL, 7 P, 8 AVL, 9 L, 10 D/B, 11 G, 16 unusable; as in CpuState.Segment.
    public static final int TYPE = 0xf;
    public static final int ACCESSED = 1;
    /** Data: writable. Code: readable. */
    public static final int WRITABLE_OR_READABLE = 2;
    /** Data: expand-down. Code: conforming. */
    public static final int EXPAND_DOWN_OR_CONFORMING = 4;

    public static final int CODE = 8;
    public static final int NOT_SYSTEM = 1 << 4;
    public static final int PRESENT = 1 << 7;
    public static final int LONG = 1 << 9;
    public static final int BIG = 1 << 10;
    public static final int GRANULAR = 1 << 11;
    public static final int UNUSABLE = CpuState.Segment.UNUSABLE;

    public int selector;
    public long base;
    /** Limit in bytes, granularity applied, as an unsigned 32-bit number. */
    public long limit = 0xffff;

    public int attributes = PRESENT | NOT_SYSTEM | WRITABLE_OR_READABLE | ACCESSED;

    public void set(int selector, long base, long limit, int attributes) {
        this.selector = selector;
        this.base = base;
        this.limit = limit;
        this.attributes = attributes;
    }

    public void copyFrom(CpuState.Segment from) {
        set(from.selector & 0xffff, from.base, from.limit & 0xffff_ffffL, from.attributes);
    }

    public void copyTo(CpuState.Segment to) {
        to.set(selector, base, (int) limit, attributes);
    }

    public boolean is(int attribute) {
        return (attributes & attribute) != 0;
    }

    /** Descriptor privilege level, 0 to 3. */
    public int dpl() {
        return attributes >> 5 & 3;
    }

    public int type() {
        return attributes & TYPE;
    }

    public boolean usable() {
        return !is(UNUSABLE);
    }

    /** True if accesses by 32-bit offsets need neither a base nor a check: what flat 32-bit code uses. */
    boolean isFlat() {
        boolean readAndWrite = !is(CODE) && is(WRITABLE_OR_READABLE) && !is(EXPAND_DOWN_OR_CONFORMING);
        return usable() && readAndWrite && base == 0 && limit == 0xffff_ffffL;
    }
}
