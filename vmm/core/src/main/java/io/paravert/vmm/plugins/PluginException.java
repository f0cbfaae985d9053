package io.paravert.vmm.plugins;

import org.jspecify.annotations.Nullable;

/** A plugin cannot be loaded or used: one line that says which, why, and what to do. */
public final class PluginException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PluginException(String message) {
        this(message, null);
    }

    public PluginException(String message, @Nullable Throwable cause) {
        super(message.lines().findFirst().orElse(""), cause);
    }
}
