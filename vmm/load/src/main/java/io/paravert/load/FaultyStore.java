package io.paravert.load;

import io.paravert.abi.PvError;
import io.paravert.devices.block.BlockStore;
import io.paravert.devices.path.Completions;
import io.paravert.devices.path.IoRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A disk some of whose requests go wrong, whichever path they come by. One that is dropped ends with ETIMEDOUT when the deadline
 * has passed, as the monitor ends a call that no device answers. On the device's context.
 */
final class FaultyStore implements BlockStore {
    private final BlockStore store;
    private final Faults faults;
    private final Duration deadline;
    private final SplittableRandom random;
    private final Set<IoRequest> late = new HashSet<>();

    /** @param guest whose sequence of faults it has */
    FaultyStore(BlockStore store, Faults faults, Duration deadline, int guest) {
        this.store = store;
        this.faults = faults;
        this.deadline = deadline;
        this.random = faults.randomOf(guest);
    }

    @Override
    public long sectors() {
        return store.sectors();
    }

    @Override
    public boolean isReadOnly() {
        return store.isReadOnly();
    }

    @Override
    public void attach(Completions completions) {
        store.attach(completions);
    }

    @Override
    public void begin(IoRequest request) {
        switch (faults.choose(random)) {
            case NONE -> store.begin(request);
            case FAILED -> request.complete(-PvError.EIO);
            case DELAYED -> after(faults.delay(), request, () -> store.begin(request));
            case DROPPED -> after(deadline, request, () -> request.complete(-PvError.ETIMEDOUT));
        }
    }

    private void after(Duration delay, IoRequest request, Runnable then) {
        late.add(request);
        Vertx vertx = Vertx.currentContext().owner();
        vertx.setTimer(Faults.wholeMillis(delay), id -> {
            if (late.remove(request)) {
                then.run();
            }
        });
    }

    /** Ends what is late now: the guest has gone, and nobody waits for it. */
    void giveUp() {
        for (IoRequest request : Set.copyOf(late)) {
            if (late.remove(request)) {
                request.complete(-PvError.EIO);
            }
        }
    }

    @Override
    public Future<Void> close() {
        return store.close();
    }
}
