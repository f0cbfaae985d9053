package io.paravert.isa;

/** What a register belongs to. */
public enum RegisterClass {
    /** No register. */
    NONE,
    /** General-purpose, of 8, 16, 32 or 64 bits. */
    GPR,
    /** Segment. */
    SEGMENT,
    /** Control. */
    CONTROL,
    /** Debug. */
    DEBUG,
    /** x87 stack. */
    X87,
    /** MMX. */
    MMX,
    /** XMM and YMM. */
    VECTOR,
    /** AH, CH, DH, BH. */
    HIGH_BYTE,
    /** EIP and RIP. */
    IP
}
