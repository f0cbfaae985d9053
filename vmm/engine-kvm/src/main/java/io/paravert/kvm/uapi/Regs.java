package io.paravert.kvm.uapi;

/** {@code struct kvm_regs}: 64-bit general registers in the kernel's own order, then RIP and RFLAGS. */
public final class Regs {
    public static final int RAX = 0;
    public static final int RBX = 8;
    public static final int RCX = 16;
    public static final int RDX = 24;
    public static final int RSI = 32;
    public static final int RDI = 40;
    public static final int RSP = 48;
    public static final int RBP = 56;
    public static final int R8 = 64;
    public static final int R9 = 72;
    public static final int R10 = 80;
    public static final int R11 = 88;
    public static final int RIP = 128;
    public static final int RFLAGS = 136;
    public static final int SIZEOF = 144;

    private Regs() {}

    /**
     * Offset of a register by its encoding in instructions (0 RAX, 1 RCX, 2 RDX, 3 RBX, 4 RSP, 5 RBP, 6 RSI, 7 RDI, 8-15):
     * one byte a register, packed for the sake of the exit path.
     */
    public static int offset(int register) {
        return register >= 8
                ? R8 + 8 * (register & 7)
                : (int) (0x28_20_38_30_08_18_10_00L >>> 8 * (register & 7)) & 0xff;
    }
}
