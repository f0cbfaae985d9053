package io.paravert.virtio;

/**
 * A queue of a device.
 *
 * @param maximum largest size, a power of two from 1 to 32768
 * @param direction what its buffers may hold; the rest is refused before the device sees it
 * @param service who serves it
 */
public record QueueSpec(int maximum, Direction direction, Service service) {
    /** What a buffer may hold, as the device sees it. */
    public enum Direction {
        READABLE,
        WRITABLE,
        BOTH
    }

    /** How a queue is served. */
    public sealed interface Service {}

    /** Requests are given to the device as they come. */
    public record Requests(RequestHandler handler) implements Service {}

    /** The device takes buffers when it needs them. */
    public record Buffers(BufferHandler handler) implements Service {}

    public QueueSpec {
        if (maximum < 1 || maximum > 32768 || Integer.bitCount(maximum) != 1) {
            throw new IllegalArgumentException("queue size " + maximum + " is not a power of two from 1 to 32768");
        }
    }

    public static QueueSpec ofRequests(int maximum, Direction direction, RequestHandler handler) {
        return new QueueSpec(maximum, direction, new Requests(handler));
    }

    public static QueueSpec ofBuffers(int maximum, Direction direction, BufferHandler handler) {
        return new QueueSpec(maximum, direction, new Buffers(handler));
    }
}
