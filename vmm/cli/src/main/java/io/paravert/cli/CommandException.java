package io.paravert.cli;

import org.jspecify.annotations.Nullable;

/** A command cannot do what it was told: one line for the user, and the exit status. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    CommandException(int status, String message) {
        this(status, message, null);
    }

    CommandException(int status, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    int status() {
        return status;
    }
}
