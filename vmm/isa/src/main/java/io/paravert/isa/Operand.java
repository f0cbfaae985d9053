package io.paravert.isa;

/** What an instruction to be encoded works on. */
public sealed interface Operand permits Register, Memory, Immediate, Far, Operand.Symbolic {

    /** An operand whose value is not known yet, as an assembler's label; the encoder refuses it. */
    non-sealed interface Symbolic extends Operand {}
}
