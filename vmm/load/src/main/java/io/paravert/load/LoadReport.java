package io.paravert.load;

import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What a load test found.
 *
 * @param engine its name
 * @param target what was under load
 * @param guests that ran
 * @param seconds how long was measured
 * @param operations that ended in that time
 * @param failures those of them that failed
 * @param latency of operations, ns, each from when it was due (at a rate) or begun (flat out)
 * @param perGuest operations of each guest, in the order of their creation
 * @param bootsPerSecond guests created, from the first one's creation to the last one's first hypercall
 * @param boot ns of each guest from the beginning of its creation to its first hypercall
 * @param residentPerGuest bytes by which the process grew in host memory for each guest; -1 where the host does not tell
 * @param lag ns by which timers on Vert.x's event loops came late while it was measured
 * @param parts what guests of each kind found; one if all did the same
 * @param endings how guests ended that did not end well, one line each; empty if all did
 */
public record LoadReport(
        String engine,
        String target,
        int guests,
        double seconds,
        long operations,
        long failures,
        Histogram latency,
        List<Long> perGuest,
        double bootsPerSecond,
        Histogram boot,
        long residentPerGuest,
        Histogram lag,
        List<Part> parts,
        List<String> endings) {

    public LoadReport {
        perGuest = List.copyOf(perGuest);
        parts = List.copyOf(parts);
        endings = List.copyOf(endings);
    }

    /**
     * What those guests found that did the same.
     *
     * @param share what they did, with the faults of their devices
     * @param latency ns
     * @param perGuest operations of each
     */
    public record Part(String share, long operations, long failures, Histogram latency, List<Long> perGuest) {
        public Part {
            perGuest = List.copyOf(perGuest);
        }

        public double fairness() {
            return LoadReport.fairness(perGuest);
        }
    }

    /** All guests together. */
    public double operationsPerSecond() {
        return operations / seconds;
    }

    /** Throughput of the slowest guest, as a share of the median's of those that do the same: 1 is fair, 0 is starved. */
    public double fairness() {
        return parts.stream().mapToDouble(Part::fairness).min().orElse(0);
    }

    private static double fairness(List<Long> perGuest) {
        long[] sorted = perGuest.stream().mapToLong(Long::longValue).sorted().toArray();
        long median = sorted[sorted.length / 2];
        return median == 0 ? 0 : (double) sorted[0] / median;
    }

    /** A few lines for a terminal. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        line(text, "%d guests on %s, %s", guests, engine, target);
        line(text, "boot        %.0f guests/s, %s to the first hypercall", bootsPerSecond, quantiles(boot));
        line(text, "memory      %s a guest", residentPerGuest < 0 ? "not known" : residentPerGuest / 1024 + " KiB");
        line(
                text,
                "throughput  %.0f operations/s for %.1f s, %d failed; slowest guest %.2f of the median",
                operationsPerSecond(),
                seconds,
                failures,
                fairness());
        line(text, "latency     %s", quantiles(latency));
        line(text, "loop lag    %s", quantiles(lag));
        for (Part part : parts.size() > 1 ? parts : List.<Part>of()) {
            line(text, "%d guests: %s", part.perGuest().size(), part.share());
            line(
                    text,
                    "            %.0f operations/s, %d failed; slowest guest %.2f of the median",
                    part.operations() / seconds,
                    part.failures(),
                    part.fairness());
            line(text, "            latency %s", quantiles(part.latency()));
        }
        endings.stream().limit(5).forEach(ending -> line(text, "ended badly %s", ending));
        return text.toString();
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String quantiles(Histogram nanos) {
        return String.format(
                Locale.ROOT,
                "p50 %.1f us, p99 %.1f us, p99.9 %.1f us, max %.1f us",
                nanos.getValueAtPercentile(50) / 1e3,
                nanos.getValueAtPercentile(99) / 1e3,
                nanos.getValueAtPercentile(99.9) / 1e3,
                nanos.getMaxValue() / 1e3);
    }
}
