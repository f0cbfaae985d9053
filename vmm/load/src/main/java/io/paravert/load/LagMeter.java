package io.paravert.load;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** How late timers come on Vert.x's event loops: what a device there would wait before it is served. Any thread. */
final class LagMeter implements AutoCloseable {
    private static final long PERIOD = 5;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Vertx vertx;
    private final Recorder lag = new Recorder(Gauge.DIGITS);
    private final List<Long> timers = new ArrayList<>();
    private boolean closed;

    /** Looks at as many loops as Vert.x makes by default; from a thread that is none of Vert.x's, so that each is another. */
    LagMeter(Vertx vertx) {
        this.vertx = vertx;
        for (int i = 0; i < VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE; i++) {
            Context context = vertx.getOrCreateContext();
            context.runOnContext(ignored -> arm());
        }
    }

    private synchronized void arm() {
        if (closed) {
            return;
        }
        long[] due = {System.nanoTime() + PERIOD * NANOS_PER_MILLI};
        timers.add(vertx.setPeriodic(PERIOD, id -> {
            long now = System.nanoTime();
            lag.recordValue(Math.max(0, now - due[0]));
            // Of two ticks the second is late only by what it is late after the first.
            due[0] = Math.max(due[0] + PERIOD * NANOS_PER_MILLI, now);
        }));
    }

    void reset() {
        lag.reset();
    }

    Histogram histogram() {
        return lag.getIntervalHistogram();
    }

    @Override
    public synchronized void close() {
        closed = true;
        timers.forEach(vertx::cancelTimer);
    }
}
