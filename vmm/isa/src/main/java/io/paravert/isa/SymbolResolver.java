package io.paravert.isa;

/** Names addresses for the formatter. */
@FunctionalInterface
public interface SymbolResolver {
    /** Knows no names. */
    SymbolResolver NONE = address -> "";

    /** The name of an address, as {@code main+0x12}; empty if it has none. */
    String nameOf(long address);
}
