package io.paravert.load;

import java.util.concurrent.CountDownLatch;
import org.HdrHistogram.Recorder;

/** What all guests of a run share: the phases of the run, and where they record. Any thread. */
final class Gauge {
    /** Digits of a histogram: values are right within 0.1 %. */
    static final int DIGITS = 3;

    final Recorder boots = new Recorder(DIGITS);
    final CountDownLatch booted;
    private volatile boolean measuring;
    private volatile boolean over;
    private volatile long end;

    Gauge(int guests) {
        booted = new CountDownLatch(guests);
    }

    void begin() {
        measuring = true;
    }

    void end() {
        end = System.nanoTime();
        over = true;
    }

    boolean isMeasuring() {
        return measuring;
    }

    boolean isOver() {
        return over;
    }

    /** {@link System#nanoTime}, once it is over. */
    long endedAt() {
        return end;
    }
}
