package io.paravert.virtio;

import io.vertx.core.Future;

/** Serves the requests of a queue as they come. On the device's context. */
@FunctionalInterface
public interface RequestHandler {
    /**
     * Serves one request; others may be given before it is done. The future may complete on any thread.
     *
     * @return {@link Request#ENDED_LATER}, or completes when the device is done with the request and its buffers. If it fails, or this method throws, the
     *     device needs a reset: a request that fails in an ordinary way says so in its own format. Fail with
     *     {@link io.paravert.virtio.queue.QueueException} when it is the driver that broke the rules.
     */
    Future<Void> handle(Request request);
}
