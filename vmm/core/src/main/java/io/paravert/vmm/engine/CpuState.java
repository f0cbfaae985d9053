package io.paravert.vmm.engine;

/**
 * The architectural state of a vCPU but for its floating-point registers: a plain, reusable carrier between engine and
 * monitor. Numbers follow the encodings (general registers 0 RAX ... 15 R15; segments ES CS SS DS FS GS).
 */
public final class CpuState {
    public static final int ES = 0;
    public static final int CS = 1;
    public static final int SS = 2;
    public static final int DS = 3;
    public static final int FS = 4;
    public static final int GS = 5;

    /** RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 ... R15. */
    public final long[] general = new long[16];

    public long rip;
    public long rflags = 2;
    public final Segment[] segments = {
        new Segment(), new Segment(), new Segment(), new Segment(), new Segment(), new Segment()
    };
    public final Segment tr = new Segment();
    public final Segment ldt = new Segment();
    public long gdtBase;
    /** Bytes less one, 0 to 0xffff. */
    public int gdtLimit;

    public long idtBase;
    public int idtLimit;
    public long cr0;
    public long cr2;
    public long cr3;
    public long cr4;
    public long cr8;
    public long efer;
    /** APIC_BASE MSR; 0 leaves the engine's own. */
    public long apicBase;

    /** A segment register with its hidden part (AMD APM vol. 2, 4.5 and 4.7). */
    public static final class Segment {
        public int selector;
        public long base;
        /** Limit in bytes, granularity applied. */
        public int limit;
        /** Bits 0-3 type, 4 S, 5-6 DPL, 7 P, 8 AVL, 9 L, 10 D/B, 11 G, 16 unusable. */
        public int attributes;

        public static final int UNUSABLE = 1 << 16;

        public void set(int selector, long base, int limit, int attributes) {
            this.selector = selector;
            this.base = base;
            this.limit = limit;
            this.attributes = attributes;
        }

        public void copyFrom(Segment other) {
            set(other.selector, other.base, other.limit, other.attributes);
        }
    }
}
