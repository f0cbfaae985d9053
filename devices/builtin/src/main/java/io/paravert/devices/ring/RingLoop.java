package io.paravert.devices.ring;

import io.paravert.devices.path.Completions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Serves all rings of a device in turns on its context. A turn ends when all rings sleep, or after {@link #TURN} so that the
 * device's other events are heard; then another is put behind them.
 */
final class RingLoop {
    /** What a turn takes at most, ns. */
    private static final long TURN = 200_000;
    /** What a nap takes at least, ns; the host's timers add some 50 us. */
    private static final long NAP = 50_000;

    private final Vertx vertx;
    private final Completions completions;
    private final List<ServedRing> rings = new ArrayList<>();
    private final Handler<Void> nextTurn = v -> {
        this.scheduled = false;
        run();
    };
    private @Nullable Context context;
    private boolean inTurn;
    private boolean scheduled;
    /** When the last thing came, ns; carried from turn to turn. */
    private long lastWork;
    /** Whether the last turn ended with a ring awake, and when. */
    private boolean awakeAtEnd;

    private long lastEnd;

    RingLoop(Vertx vertx, Completions completions) {
        this.vertx = vertx;
        this.completions = completions;
    }

    void add(ServedRing ring) {
        if (context == null) {
            context = vertx.getOrCreateContext();
        }
        rings.add(ring);
    }

    void remove(ServedRing ring) {
        rings.remove(ring);
    }

    List<ServedRing> rings() {
        return List.copyOf(rings);
    }

    /** Completes behind the turn that may still be on its way: after the last ring is gone nothing is left on the context. */
    Future<Void> settle() {
        Promise<Void> settled = Promise.promise();
        vertx.getOrCreateContext().runOnContext(v -> settled.complete());
        return settled.future();
    }

    boolean isInTurn() {
        return inTurn;
    }

    /** Has a turn, unless one is under way. */
    void run() {
        if (inTurn) {
            return;
        }
        inTurn = true;
        completions.beginPolling();
        boolean goOn;
        try {
            goOn = turn();
        } finally {
            inTurn = false;
            completions.endPolling();
        }
        Context device = context;
        if (goOn && !scheduled && device != null) {
            scheduled = true;
            device.runOnContext(nextTurn);
        }
    }

    /** @return whether a ring is still awake */
    private boolean turn() {
        long start = System.nanoTime();
        long now = start;
        if (!scheduledBefore(start)) {
            lastWork = start;
        }
        do {
            if (serveAll()) {
                long then = System.nanoTime();
                found(then - lastWork);
                lastWork = then;
                now = then;
            } else {
                now = System.nanoTime();
                if (!rest(now - lastWork)) {
                    return false;
                }
            }
        } while (now - start < TURN);
        return true;
    }

    /** A turn that follows another at once goes on with its idle time; one after a sleep begins anew. */
    private boolean scheduledBefore(long now) {
        return awakeAtEnd && now - lastEnd < 10 * TURN;
    }

    private boolean serveAll() {
        boolean some = completions.drain();
        for (int i = 0; i < rings.size(); i++) {
            ServedRing ring = rings.get(i);
            if (ring.isAwake()) {
                some |= ring.serve();
            }
        }
        return some;
    }

    private void found(long idle) {
        for (int i = 0; i < rings.size(); i++) {
            if (rings.get(i).isAwake()) {
                rings.get(i).idle().found(idle);
            }
        }
    }

    /** Does what the most eager ring wants; false if all sleep. */
    private boolean rest(long idle) {
        IdlePolicy.Step step = IdlePolicy.Step.SLEEP;
        for (int i = 0; i < rings.size(); i++) {
            ServedRing ring = rings.get(i);
            if (!ring.isAwake()) {
                continue;
            }
            IdlePolicy.Step wanted = ring.idle().next(idle);
            if (wanted == IdlePolicy.Step.SLEEP && !ring.fallAsleep()) {
                wanted = IdlePolicy.Step.SPIN;
            }
            step = wanted.compareTo(step) < 0 ? wanted : step;
        }
        awakeAtEnd = step != IdlePolicy.Step.SLEEP;
        lastEnd = lastWork + idle;
        switch (step) {
            case SPIN -> Thread.onSpinWait();
            case YIELD -> Thread.yield();
            case NAP -> LockSupport.parkNanos(NAP);
            case SLEEP -> {
                return false;
            }
        }
        return true;
    }
}
