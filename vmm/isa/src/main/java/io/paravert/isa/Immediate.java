package io.paravert.isa;

/**
 * A constant, or for a relative branch the distance from the end of the instruction.
 *
 * @param value taken as signed or unsigned, whichever fits the operand
 * @param bits 0 for the shortest encoding, otherwise the least size in bits of the encoded constant (8, 16, 32 or 64)
 */
public record Immediate(long value, int bits) implements Operand {
    /** A constant in the shortest encoding that holds it. */
    public static Immediate of(long value) {
        return new Immediate(value, 0);
    }

    /** The same constant, encoded in no fewer bits than this. */
    public Immediate atLeast(int leastBits) {
        return new Immediate(value, leastBits);
    }

    @Override
    public String toString() {
        return value < 0 ? "-0x" + Long.toHexString(-value) : "0x" + Long.toHexString(value);
    }
}
