package io.paravert.virtio;

import java.time.Duration;

/**
 * A queue of a device.
 *
 * @param maximum largest size, a power of two from 1 to 32768
 * @param direction what its buffers may hold; the rest is refused before the device sees it
 * @param service who serves it
 * @param busyPoll how long at most the device looks for more requests before it asks to be notified; zero not to
 */
public record QueueSpec(int maximum, Direction direction, Service service, Duration busyPoll) {
    private static final Duration LONGEST_POLL = Duration.ofMillis(1);

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
        return new QueueSpec(maximum, direction, new Requests(handler), Duration.ZERO);
    }

    public static QueueSpec ofBuffers(int maximum, Direction direction, BufferHandler handler) {
        return new QueueSpec(maximum, direction, new Buffers(handler), Duration.ZERO);
    }

    /**
     * The same queue with a device that polls for a while before it sleeps, which spares the driver notifications and costs
     * host CPU. It polls less when that has lately found nothing.
     *
     * @param longest of one wait, 0 to 1 ms
     */
    public QueueSpec polledFor(Duration longest) {
        if (longest.isNegative() || longest.compareTo(LONGEST_POLL) > 0) {
            throw new IllegalArgumentException("polling for " + longest + ": give 0 to " + LONGEST_POLL);
        }
        return new QueueSpec(maximum, direction, service, longest);
    }
}
