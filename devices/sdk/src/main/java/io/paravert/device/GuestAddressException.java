package io.paravert.device;

/** A guest named memory that it does not have. */
public final class GuestAddressException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param what one line with the offending address, length and the limit */
    public GuestAddressException(String what) {
        // No stack trace: a hostile guest must not be able to make the monitor fill them in.
        super(what, null, false, false);
    }
}
