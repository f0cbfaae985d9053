package io.paravert.device;

/** A claim that cannot be granted: what was asked for, and who has it or why not. */
public final class ClaimException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ClaimException(String message) {
        super(message);
    }
}
