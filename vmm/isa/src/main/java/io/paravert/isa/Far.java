package io.paravert.isa;

/**
 * A far pointer: the target of a direct far jump or call.
 *
 * @param selector segment selector or real-mode segment, 0-0xffff
 * @param offset offset in the segment, 0-0xffffffff
 */
public record Far(int selector, long offset) implements Operand {
    /** A far pointer. */
    public static Far of(int selector, long offset) {
        return new Far(selector, offset);
    }

    @Override
    public String toString() {
        return "0x" + Integer.toHexString(selector) + ":0x" + Long.toHexString(offset);
    }
}
