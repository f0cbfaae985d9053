package io.paravert.device;

import io.vertx.core.Future;

/** Serves hypercalls on the device's context. */
@FunctionalInterface
public interface HypercallHandler {
    /** @return the result for RAX: zero or positive, or a negative error number of the ABI */
    Future<Long> handle(Hypercall call);
}
