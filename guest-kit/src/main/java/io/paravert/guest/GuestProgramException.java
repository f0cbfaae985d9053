package io.paravert.guest;

import java.util.Locale;

/** A guest program that cannot be built: what is wrong, the offending value and the limit, in one line. */
public final class GuestProgramException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param format as {@link String#format}'s */
    public GuestProgramException(String format, Object... values) {
        super(String.format(Locale.ROOT, format, values));
    }
}
