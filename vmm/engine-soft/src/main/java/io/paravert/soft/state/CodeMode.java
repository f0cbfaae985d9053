package io.paravert.soft.state;

/**
 * What of the processor's state decoded code depends on, as the bits of a small integer: code decoded for one mode is never run
 * in another.
 */
public final class CodeMode {
    public static final int CODE16 = 0;
    public static final int CODE32 = 1;
    public static final int CODE64 = 2;
    public static final int CODE_SIZE = 3;
    /** Pushes and pops use ESP, not SP. */
    public static final int STACK32 = 1 << 2;
    /** DS, ES and SS have base 0 and the limit of the address space: offsets are linear addresses. Always so in 64-bit mode. */
    public static final int FLAT = 1 << 3;
    /** Blocks of one instruction, run one at a time. */
    public static final int STEP = 1 << 4;

    private CodeMode() {}

    public static boolean is64(int mode) {
        return (mode & CODE64) != 0;
    }
}
