package io.paravert.memory;

import org.jspecify.annotations.Nullable;

/** Host memory could not be had; the message says how much was asked for and what to do. */
public final class HostMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public HostMemoryException(String message) {
        super(message);
    }

    public HostMemoryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
