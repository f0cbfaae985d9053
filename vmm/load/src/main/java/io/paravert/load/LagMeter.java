package io.paravert.load;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** How late timers come on Vert.x's event loops: what a device there would wait before it is served. */
final class LagMeter implements AutoCloseable {
    private static final long PERIOD = 5;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Vertx vertx;
    private final Recorder lag = new Recorder(Gauge.DIGITS);
    private final Future<String> deployed;

    /** Looks at as many loops as Vert.x makes by default: each instance of a verticle gets the next one. */
    LagMeter(Vertx vertx) {
        this.vertx = vertx;
        this.deployed = vertx.deployVerticle(
                Ticker::new, new DeploymentOptions().setInstances(VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE));
    }

    /** Looks at one loop. */
    private final class Ticker extends AbstractVerticle {
        @Override
        public void start() {
            arm();
        }

        /** A timer for each tick: those of a periodic one that are late come all at once, and would hide what follows. */
        private void arm() {
            long due = System.nanoTime() + PERIOD * NANOS_PER_MILLI;
            vertx.setTimer(PERIOD, id -> {
                lag.recordValue(Math.max(0, System.nanoTime() - due));
                arm();
            });
        }
    }

    void reset() {
        lag.reset();
    }

    Histogram histogram() {
        return lag.getIntervalHistogram();
    }

    /** Not on an event loop. */
    @Override
    public void close() {
        deployed.compose(vertx::undeploy).otherwiseEmpty().await();
    }
}
