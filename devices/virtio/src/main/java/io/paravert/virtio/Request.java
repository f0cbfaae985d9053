package io.paravert.virtio;

import io.paravert.device.GuestBuffer;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * One buffer that the driver has made available: what the device reads, and behind it what the device writes. All of it was
 * guest memory when the request was taken. It is the device's until its future completes or it is given back; then it is
 * used anew and must not be touched.
 */
public interface Request {
    /** What a {@link RequestHandler} returns for a request that it will {@link #end}: so none needs a promise of its own. */
    Future<Void> ENDED_LATER = Promise.<Void>promise().future();

    /** What the driver says; read-only. */
    GuestBuffer readable();

    /** Where the answer goes. */
    GuestBuffer writable();

    /**
     * Says how much of {@link #writable} has been written, from its start on, before the request is given back; 0 if never
     * said. The driver may look at no more.
     */
    void setWritten(long bytes);

    /**
     * Ends a request for which the handler returned {@link #ENDED_LATER}, once, after it has returned; on the device's context.
     *
     * @throws IllegalStateException if it has ended already
     */
    void end();

    /** As {@link #end}, for one that failed as a handler's future may: the device needs a reset. */
    void fail(Throwable why);
}
