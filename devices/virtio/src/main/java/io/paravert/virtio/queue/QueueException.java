package io.paravert.virtio.queue;

/**
 * A driver broke the rules of its queue or of its device's requests. The device needs a reset; nothing else is hurt. A
 * device's handler may throw it, or fail its future with it, for a request that has no other way to be failed.
 */
public final class QueueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param what one line with the offending value and the limit */
    public QueueException(String what) {
        // No stack trace: a hostile driver must not be able to make the monitor fill them in.
        super(what, null, false, false);
    }
}
