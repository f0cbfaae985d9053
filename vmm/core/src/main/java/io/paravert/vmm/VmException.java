package io.paravert.vmm;

import org.jspecify.annotations.Nullable;

/** A virtual machine cannot be made, or cannot do what was asked of it now. The message is one line for the user. */
public final class VmException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public VmException(String message) {
        this(message, null);
    }

    public VmException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
