package io.paravert.vmm.devices;

import org.jspecify.annotations.Nullable;

/** A device that was asked for in words cannot be made: one line that says which word, why, and what would do. */
public final class DeviceTextException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DeviceTextException(String message) {
        this(message, null);
    }

    public DeviceTextException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
