package io.paravert.isa.asm;

import io.paravert.isa.CodeSize;
import io.paravert.isa.Mnemonic;
import io.paravert.isa.Operand;

/** A piece of the code: what the assembler collects before addresses are known. */
sealed interface Item {
    /** Bytes that do not depend on any address. */
    final class Bytes implements Item {
        private final byte[] bytes;

        Bytes(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }
    }

    /** A label's place. */
    record Bind(Label label) implements Item {}

    /** Filling up to an address that is a multiple of {@code to}. */
    record Align(int to, CodeSize size, int fill) implements Item {}

    /** Filling up to {@code offset} bytes from the origin. */
    record Org(long offset, int fill, Source source) implements Item {}

    /** A label's address plus {@code plus}, as data. */
    record Address(Label label, long plus, int bytes, Source source) implements Item {}

    /** An instruction that depends on an address. */
    final class Deferred implements Item {
        final Mnemonic mnemonic;
        final CodeSize size;
        final Operand[] operands;
        final int prefixes;
        final Source source;
        /** The least bits of a branch displacement; grows, so that relaxation ends. */
        int leastBits;

        Deferred(Mnemonic mnemonic, CodeSize size, Operand[] operands, int prefixes, Source source) {
            this.mnemonic = mnemonic;
            this.size = size;
            this.operands = operands;
            this.prefixes = prefixes;
            this.source = source;
        }
    }
}
