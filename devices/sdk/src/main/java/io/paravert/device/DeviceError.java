package io.paravert.device;

/** Fails a request with an error number of the ABI; any other exception becomes -EIO and a line in the log. */
public final class DeviceError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int number;

    /**
     * @param number positive error number of the ABI (PvError)
     * @param message one line
     */
    public DeviceError(int number, String message) {
        // No stack trace: it is an answer, and a guest can ask for many.
        super(message, null, false, false);
        if (number <= 0) {
            throw new IllegalArgumentException("error number " + number + " is not positive");
        }
        this.number = number;
    }

    public int number() {
        return number;
    }
}
