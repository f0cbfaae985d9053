package io.paravert.isa.asm;

import io.paravert.isa.IsaException;
import io.paravert.isa.Operand;

/**
 * A place in the code, made by {@link Assembler#label}. As a branch's operand it is the target, anywhere else its
 * address as a constant.
 */
public final class Label implements Operand.Symbolic {
    private final String name;
    private final Source source;
    private boolean bound;
    private boolean placed;
    private long address;

    Label(String name, Source source) {
        this.name = name;
        this.source = source;
    }

    /** The name it was made with, or one made up from its place in the source. */
    public String name() {
        return name.isEmpty() ? source.toString() : name;
    }

    /**
     * Its address, once the code has been assembled.
     *
     * @throws IsaException before that
     */
    public long address() {
        if (!placed) {
            throw new IsaException("label " + name() + " has no address before the code is assembled");
        }
        return address;
    }

    Source source() {
        return source;
    }

    boolean isBound() {
        return bound;
    }

    void bind() {
        bound = true;
    }

    long currentAddress() {
        return address;
    }

    /** Moves it; whether that changed anything. */
    boolean move(long to) {
        boolean moved = address != to;
        address = to;
        return moved;
    }

    void place() {
        placed = true;
    }

    @Override
    public String toString() {
        return name.isEmpty() ? source.toString() : name;
    }
}
