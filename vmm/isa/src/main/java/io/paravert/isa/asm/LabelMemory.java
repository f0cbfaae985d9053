package io.paravert.isa.asm;

import io.paravert.isa.Memory;
import io.paravert.isa.Operand;
import io.paravert.isa.Register;

/**
 * Memory at a label: relative to RIP in 64-bit code unless registers are added, else at the label's address.
 *
 * @param label what it is counted from
 * @param rest registers, added displacement, size and segment
 */
public record LabelMemory(Label label, Memory rest) implements Operand.Symbolic {
    /** The same with registers added; then the label's address has to fit 32 bits, signed in 64-bit code. */
    public LabelMemory plus(Register base, Register index, int scale) {
        Memory with = new Memory(base, index, scale, rest.displacement(), rest.size(), rest.segment());
        return new LabelMemory(label, with);
    }

    /** The same with a register added. */
    public LabelMemory plus(Register base) {
        return plus(base, Register.NONE, 1);
    }

    /** Some bytes further on. */
    public LabelMemory plus(long bytes) {
        return new LabelMemory(label, rest.withDisplacement(rest.displacement() + bytes));
    }

    /** The same with a segment override. */
    public LabelMemory withSegment(Register segment) {
        return new LabelMemory(label, rest.withSegment(segment));
    }

    /** The same address, relative to nothing: encoded in full even in 64-bit code. */
    boolean isRelative() {
        return rest.base() == Register.NONE && rest.index() == Register.NONE;
    }

    @Override
    public String toString() {
        return "[" + label + " " + rest + "]";
    }
}
