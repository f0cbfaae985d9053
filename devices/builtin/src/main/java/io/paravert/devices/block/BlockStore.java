package io.paravert.devices.block;

import io.paravert.devices.path.Completions;
import io.paravert.devices.path.IoRequest;
import io.vertx.core.Future;

/** Where a block device's bytes are. On the device's context. */
public interface BlockStore {
    /** Bytes of a sector. */
    int SECTOR = io.paravert.abi.Limit.SECTOR_BYTES;

    /** Whole sectors that it holds; does not change. */
    long sectors();

    boolean isReadOnly();

    /** Called once, before {@link #begin}; a store that works on other threads completes its requests through it. */
    default void attach(Completions completions) {}

    /**
     * Does READ, WRITE, FLUSH, DISCARD or WRITE_ZEROES and completes the request with the bytes done, or a negative error. The
     * range was checked: it is whole sectors, inside the capacity, and not a write to what is read-only. Several may be under way.
     */
    void begin(IoRequest request);

    /** Completes when nothing is under way any more; then gives back what it holds. */
    default Future<Void> close() {
        return Future.succeededFuture();
    }
}
