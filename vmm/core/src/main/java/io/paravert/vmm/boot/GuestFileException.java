package io.paravert.vmm.boot;

import org.jspecify.annotations.Nullable;

/** A guest file that cannot be started: one line that says what is wrong, where in the file, and what was expected. */
public final class GuestFileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public GuestFileException(String message) {
        this(message, null);
    }

    public GuestFileException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
