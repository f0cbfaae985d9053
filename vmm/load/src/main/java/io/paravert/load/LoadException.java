package io.paravert.load;

/** A load test that cannot be made or did not come to its end; one line says why. */
public final class LoadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LoadException(String message) {
        super(message);
    }
}
