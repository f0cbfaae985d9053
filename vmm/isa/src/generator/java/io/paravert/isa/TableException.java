package io.paravert.isa;

/** A line of the instruction table that cannot be understood. */
final class TableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TableException(String where, String message) {
        super(where + ": " + message);
    }
}
