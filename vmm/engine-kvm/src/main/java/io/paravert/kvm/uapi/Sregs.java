package io.paravert.kvm.uapi;

/** {@code struct kvm_sregs}: segments, descriptor tables, control registers. */
public final class Sregs {
    public static final int CS = 0;
    public static final int DS = 24;
    public static final int ES = 48;
    public static final int FS = 72;
    public static final int GS = 96;
    public static final int SS = 120;
    public static final int TR = 144;
    public static final int LDT = 168;
    public static final int GDT = 192;
    public static final int IDT = 208;
    public static final int CR0 = 224;
    public static final int CR2 = 232;
    public static final int CR3 = 240;
    public static final int CR4 = 248;
    public static final int CR8 = 256;
    public static final int EFER = 264;
    public static final int APIC_BASE = 272;
    /** Four 64-bit words: the vector, if any, that waits to be injected. */
    public static final int INTERRUPT_BITMAP = 280;

    public static final int SIZEOF = 312;

    /** Bit of APIC_BASE (Intel SDM vol. 3, 11.4.4). */
    public static final long APIC_BASE_ENABLE = 1 << 11;

    private Sregs() {}

    /** {@code struct kvm_segment}; the limit is in bytes, granularity applied. */
    public static final class Segment {
        public static final int BASE = 0;
        public static final int LIMIT = 8;
        public static final int SELECTOR = 12;
        public static final int TYPE = 14;
        public static final int PRESENT = 15;
        public static final int DPL = 16;
        public static final int DB = 17;
        public static final int S = 18;
        public static final int L = 19;
        public static final int G = 20;
        public static final int AVL = 21;
        public static final int UNUSABLE = 22;
        public static final int SIZEOF = 24;

        private Segment() {}
    }

    /** {@code struct kvm_dtable}. */
    public static final class Table {
        public static final int BASE = 0;
        public static final int LIMIT = 8;

        private Table() {}
    }
}
