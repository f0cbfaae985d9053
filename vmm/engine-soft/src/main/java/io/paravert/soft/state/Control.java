package io.paravert.soft.state;

/** Bits of the control registers, EFER and debug registers (AMD APM vol. 2, 3.1 and 13.1). */
public final class Control {
    public static final long CR0_PE = 1;
    public static final long CR0_MP = 1 << 1;
    public static final long CR0_EM = 1 << 2;
    public static final long CR0_TS = 1 << 3;
    public static final long CR0_ET = 1 << 4;
    public static final long CR0_NE = 1 << 5;
    public static final long CR0_WP = 1 << 16;
    public static final long CR0_AM = 1 << 18;
    public static final long CR0_NW = 1 << 29;
    public static final long CR0_CD = 1 << 30;
    public static final long CR0_PG = 1L << 31;
    /** Bits that software can set; ET is always one. */
    public static final long CR0_KNOWN =
            CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_ET | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD | CR0_PG;

    public static final long CR4_VME = 1;
    public static final long CR4_PVI = 1 << 1;
    public static final long CR4_TSD = 1 << 2;
    public static final long CR4_DE = 1 << 3;
    public static final long CR4_PSE = 1 << 4;
    public static final long CR4_PAE = 1 << 5;
    public static final long CR4_MCE = 1 << 6;
    public static final long CR4_PGE = 1 << 7;
    public static final long CR4_PCE = 1 << 8;
    public static final long CR4_OSFXSR = 1 << 9;
    public static final long CR4_OSXMMEXCPT = 1 << 10;
    public static final long CR4_UMIP = 1 << 11;
    public static final long CR4_FSGSBASE = 1 << 16;
    public static final long CR4_PCIDE = 1 << 17;
    public static final long CR4_OSXSAVE = 1 << 18;
    public static final long CR4_SMEP = 1 << 20;
    public static final long CR4_SMAP = 1 << 21;

    public static final long XCR0_X87 = 1;
    public static final long XCR0_SSE = 1 << 1;
    /** Upper halves of the YMM registers. */
    public static final long XCR0_AVX = 1 << 2;

    public static final long EFER_SCE = 1;
    public static final long EFER_LME = 1 << 8;
    public static final long EFER_LMA = 1 << 10;
    public static final long EFER_NXE = 1 << 11;
    /** Automatic IBRS: kept, and without an effect where nothing is speculative. */
    public static final long EFER_AIBRSE = 1 << 21;

    public static final long EFER_KNOWN = EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE | EFER_AIBRSE;

    /** CR3 bit 63 in a write: keep the translations of the PCID. */
    public static final long CR3_NO_FLUSH = 1L << 63;

    public static final long CR3_PCID = 0xfff;

    public static final long DR6_RESET = 0xffff_0ff0L;
    public static final long DR6_SINGLE_STEP = 1 << 14;
    public static final long DR6_TASK_SWITCH = 1 << 15;
    public static final long DR6_GENERAL_DETECT = 1 << 13;
    public static final long DR7_RESET = 0x400;
    public static final long DR7_GENERAL_DETECT = 1 << 13;

    private Control() {}
}
