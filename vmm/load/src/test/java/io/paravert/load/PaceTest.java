package io.paravert.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.junit.jupiter.api.Test;

/** The schedule of one guest, by a clock that the test moves. */
class PaceTest {
    private static final long MS = 1_000_000;

    private final Gauge gauge = new Gauge(1);
    private final Recorder latencies = new Recorder(Gauge.DIGITS);

    @Test
    void shouldAskAGuestToWaitUntilItsOperationIsDue() {
        Pace pace = new Pace(gauge, latencies, 10 * MS, 0.5, 0);
        gauge.begin();
        assertThat(pace.next(0, 0, 1_000 * MS)).isEqualTo(5 * MS);
        assertThat(pace.next(0, 0, 1_003 * MS)).isEqualTo(2 * MS);
        assertThat(pace.next(0, 0, 1_005 * MS)).isZero();
        assertThat(pace.next(0, 0, 1_006 * MS)).isEqualTo(9 * MS);
        assertThat(pace.operations()).isEqualTo(1);
        assertThat(gauge.booted.getCount()).isZero();
    }

    @Test
    void shouldCountTheWaitBehindASlowOperationToThoseThatWereDueMeanwhile() {
        Pace pace = new Pace(gauge, latencies, 10 * MS, 0, 0);
        gauge.begin();
        assertThat(pace.next(0, 0, 0)).isZero();
        // The first takes 35 ms; three more were due in that time.
        long now = 35 * MS;
        for (int i = 0; i < 3; i++) {
            assertThat(pace.next(0, 0, now)).isZero();
            now += MS;
        }
        assertThat(pace.next(0, 0, now)).isEqualTo(2 * MS);
        Histogram latency = latencies.getIntervalHistogram();
        assertThat(latency.getTotalCount()).isEqualTo(4);
        assertThat(latency.getMaxValue() / MS).isEqualTo(35);
        assertThat(latency.getMinValue() / MS).isBetween(7L, 8L);
        assertThat(latency.getValueAtPercentile(50) / MS).isBetween(16L, 17L);
    }

    @Test
    void shouldCountOnlyWhatBeganInsideTheMeasurement() {
        Pace pace = new Pace(gauge, latencies, 0, 0, 0);
        assertThat(pace.next(0, 0, 0)).isZero();
        assertThat(pace.next(0, 0, MS)).isZero();
        gauge.begin();
        assertThat(pace.next(0, -5, 2 * MS)).isZero();
        assertThat(pace.operations()).isZero();
        assertThat(pace.next(0, -5, 3 * MS)).isZero();
        assertThat(pace.operations()).isEqualTo(1);
        assertThat(pace.failures()).isEqualTo(1);
    }

    @Test
    void shouldEndAndCountWhatWasDueAndNeverBegun() {
        long start = System.nanoTime() - 1_000 * MS;
        Pace pace = new Pace(gauge, latencies, 100 * MS, 0, 0);
        gauge.begin();
        assertThat(pace.next(0, 0, start)).isZero();
        gauge.end();
        assertThat(pace.next(0, 0, System.nanoTime())).isEqualTo(-1);
        assertThat(pace.next(0, 0, System.nanoTime())).isEqualTo(-1);
        Histogram latency = latencies.getIntervalHistogram();
        // One that ended, and those that were due after 100, 200, ... up to 900 or 1000 ms.
        assertThat(latency.getTotalCount()).isBetween(10L, 60L);
        assertThat(latency.getValueAtPercentile(50) / MS).isBetween(200L, latency.getMaxValue() / MS);
    }
}
