package io.paravert.device;

import io.vertx.core.Future;

/** Serves accesses on the device's context. */
@FunctionalInterface
public interface AccessHandler {
    /** @return the value for a load (its low {@code size} bytes count); ignored for a store */
    Future<Long> handle(Access access);
}
