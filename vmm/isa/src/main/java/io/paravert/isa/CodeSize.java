package io.paravert.isa;

/** The default operand and address size of a code segment: CS.D and CS.L. */
public enum CodeSize {
    /** Real mode, virtual-8086 mode, or a 16-bit code segment. */
    CODE16(16),
    /** A 32-bit code segment, in protected or compatibility mode. */
    CODE32(32),
    /** 64-bit mode. */
    CODE64(64);

    private final int bits;

    CodeSize(int bits) {
        this.bits = bits;
    }

    /** 16, 32 or 64. */
    public int bits() {
        return bits;
    }
}
