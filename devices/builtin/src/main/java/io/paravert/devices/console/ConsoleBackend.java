package io.paravert.devices.console;

import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** What stands behind a port. Called on the device's context, one call at a time. */
public interface ConsoleBackend {
    /** Called before the guest runs. */
    default Future<Void> start(Vertx vertx, ConsoleInput input) {
        return Future.succeededFuture();
    }

    /**
     * Takes output. The next call comes when the future has completed; until then what the guest writes stays in the guest.
     *
     * @param bytes the back end's to keep, at most {@link ConsoleDevice#CHUNK} of them
     * @return a failure drops the bytes
     */
    Future<Void> write(byte[] bytes);

    /** The driver has opened or closed the port. */
    default void guestOpened(boolean open) {}

    default Future<Void> stop() {
        return Future.succeededFuture();
    }
}
