package io.paravert.devices.ring;

/** The guest breaks a ring's protocol. */
final class RingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message one line with the offending value and the limit */
    RingException(String message) {
        // No stack trace: a guest can cause many.
        super(message, null, false, false);
    }
}
