package io.paravert.lab;

import java.util.Arrays;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What a case gave.
 *
 * @param rounds in their order
 * @param latencies ns, over all rounds
 */
record IoResult(String engine, IoCase io, List<Round> rounds, Histogram latencies) {
    /**
     * One round.
     *
     * @param nanos how long it took on the host's clock
     * @param exits from the guest, without those of the measurement itself
     * @param cpuNanos processor time of the whole process, the guest's included
     * @param kicks how often the driver told the device that there is something, by an exit or by a store that the kernel takes
     */
    record Round(long operations, long nanos, long exits, long cpuNanos, long kicks) {
        Round withKicks(long counted) {
            return new Round(operations, nanos, exits, cpuNanos, counted);
        }

        double perSecond() {
            return operations * 1e9 / nanos;
        }
    }

    IoResult {
        rounds = List.copyOf(rounds);
    }

    private double median(java.util.function.ToDoubleFunction<Round> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }

    /** Median over the rounds. */
    double perSecond() {
        return median(Round::perSecond);
    }

    /** Half of what lies between the slowest and the fastest round, as a share of the median. */
    double spread() {
        double[] sorted = rounds.stream().mapToDouble(Round::perSecond).sorted().toArray();
        double median = perSecond();
        return median == 0 ? 0 : (Arrays.stream(sorted).max().orElse(0) - sorted[0]) / 2 / median;
    }

    double exitsPerOperation() {
        return median(r -> (double) r.exits() / Math.max(1, r.operations()));
    }

    double kicksPerOperation() {
        return median(r -> (double) r.kicks() / Math.max(1, r.operations()));
    }

    double cpuNanosPerOperation() {
        return median(r -> (double) r.cpuNanos() / Math.max(1, r.operations()));
    }

    double bytesPerSecond() {
        return perSecond() * io.workload().bytes();
    }

    long latency(double percentile) {
        return latencies.getValueAtPercentile(percentile);
    }
}
