package io.paravert.isa;

/** What a decoded operand is. */
public enum OperandKind {
    /** A register. */
    REGISTER,
    /** Memory, or for LEA and its like an address. */
    MEMORY,
    /** A constant. */
    IMMEDIATE,
    /** A branch displacement, counted from the end of the instruction. */
    RELATIVE,
    /** A selector and an offset. */
    FAR_POINTER
}
