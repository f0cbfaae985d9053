package io.paravert.isa;

/** Where execution goes after an instruction that does not fault. The order is that of the table's packed form. */
public enum ControlFlow {
    /** To the next instruction. */
    NEXT,
    /** Somewhere else, always. */
    JUMP,
    /** Somewhere else, or to the next instruction. */
    CONDITIONAL,
    /** Somewhere else, leaving a return address on the stack. */
    CALL,
    /** To an address taken from the stack: RET, RETF, IRET. */
    RETURN,
    /** Through the interrupt table: INT, INT3, INT1, INTO, and BOUND when it fails. */
    INTERRUPT,
    /** To the next instruction, after an event: HLT, MWAIT. */
    HALT,
    /** Changes processor state that later instructions depend on, or enters another context. */
    SYSTEM,
    /** To the invalid-opcode handler: UD0, UD1, UD2. */
    UNDEFINED
}
