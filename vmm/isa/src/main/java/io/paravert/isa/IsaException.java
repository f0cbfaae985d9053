package io.paravert.isa;

/** An instruction that cannot be encoded, or a register that does not exist. The message says what does not fit. */
public final class IsaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a message of one line. */
    public IsaException(String message) {
        super(message);
    }

    /** With a message of one line and what led to it. */
    public IsaException(String message, Throwable cause) {
        super(message, cause);
    }
}
