package io.paravert.isa;

/** Names addresses for the formatter. */
@FunctionalInterface
public interface SymbolResolver {
    /** Knows no names. */
    // A class and not a lambda: the first lambda of a process costs 10 ms.
    SymbolResolver NONE = new SymbolResolver() {
        @Override
        public String nameOf(long address) {
            return "";
        }
    };

    /** The name of an address, as {@code main+0x12}; empty if it has none. */
    String nameOf(long address);
}
