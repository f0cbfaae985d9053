package io.paravert.isa;

/**
 * A memory operand.
 *
 * @param base general-purpose register, RIP or EIP, or NONE
 * @param index general-purpose register, a vector register for gathers, or NONE
 * @param scale 1, 2, 4 or 8
 * @param displacement in bytes; with base RIP counted from the end of the instruction
 * @param size in bits, or 0 when the other operands say it
 * @param segment override, or NONE
 */
public record Memory(Register base, Register index, int scale, long displacement, int size, Register segment)
        implements Operand {

    /** Checks what holds in every mode; the encoder checks the rest. */
    public Memory {
        if (scale != 1 && scale != 2 && scale != 4 && scale != 8) {
            throw new IsaException("the scale of an index is 1, 2, 4 or 8, not " + scale);
        }
        if (segment != Register.NONE && segment.cls() != RegisterClass.SEGMENT) {
            throw new IsaException(segment + " is no segment register");
        }
        if (base != Register.NONE && base.cls() != RegisterClass.GPR && base.cls() != RegisterClass.IP) {
            throw new IsaException(base + " cannot be the base of an address");
        }
        if (index != Register.NONE && index.cls() != RegisterClass.GPR && index.cls() != RegisterClass.VECTOR) {
            throw new IsaException(index + " cannot be the index of an address");
        }
    }

    /** Base, index times scale, and displacement. */
    public static Memory of(Register base, Register index, int scale, long displacement) {
        return new Memory(base, index, scale, displacement, 0, Register.NONE);
    }

    /** Base and displacement. */
    public static Memory of(Register base, long displacement) {
        return of(base, Register.NONE, 1, displacement);
    }

    /** What a register points to. */
    public static Memory of(Register base) {
        return of(base, 0);
    }

    /** A fixed address. */
    public static Memory absolute(long address) {
        return of(Register.NONE, address);
    }

    /** An address relative to the end of the instruction, 64-bit code only. */
    public static Memory ripRelative(long displacement) {
        return of(Register.RIP, displacement);
    }

    /** The same address with an operand size in bits. */
    public Memory withSize(int bits) {
        return new Memory(base, index, scale, displacement, bits, segment);
    }

    /** The same address with a segment override. */
    public Memory withSegment(Register override) {
        return new Memory(base, index, scale, displacement, size, override);
    }

    /** The same operand with another displacement. */
    public Memory withDisplacement(long bytes) {
        return new Memory(base, index, scale, bytes, size, segment);
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(Formatter.sizeName(size));
        if (segment != Register.NONE) {
            out.append(segment.text()).append(':');
        }
        out.append('[').append(base.text());
        if (index != Register.NONE) {
            out.append(base == Register.NONE ? "" : "+")
                    .append(index.text())
                    .append('*')
                    .append(scale);
        }
        boolean first = base == Register.NONE && index == Register.NONE;
        if (displacement != 0 || first) {
            out.append(displacement < 0 ? "-0x" : first ? "0x" : "+0x")
                    .append(Long.toHexString(Math.abs(displacement)));
        }
        return out.append(']').toString();
    }
}
