package io.paravert.lab;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The findings as a table of at most 100 columns. */
final class IoText {
    private IoText() {}

    static String of(List<IoResult> results) {
        StringBuilder text = new StringBuilder();
        String group = "";
        for (IoResult result : results) {
            IoCase io = result.io();
            String now = result.engine() + ", " + io.title();
            if (!now.equals(group)) {
                group = now;
                text.append(String.format(
                        "%s%n%-15s%5s%10s%7s%8s%9s%9s%9s%9s %9s %8s%n",
                        now,
                        "path",
                        "depth",
                        "ops/s",
                        "+-",
                        "MB/s",
                        "exits/op",
                        "kicks/op",
                        "p50 us",
                        "p99 us",
                        "p99.9 us",
                        "CPU us"));
            }
            text.append(String.format(
                    Locale.ROOT,
                    "%-15s%5d%10.0f%6.0f%%%8.1f%9.3f%9.3f%9s%9s %9s %8s%n",
                    io.path().label(),
                    io.depth(),
                    result.perSecond(),
                    result.spread() * 100,
                    result.bytesPerSecond() / 1e6,
                    result.exitsPerOperation(),
                    result.kicksPerOperation(),
                    micros((double) result.latency(50)),
                    micros((double) result.latency(99)),
                    micros((double) result.latency(99.9)),
                    micros(result.cpuNanosPerOperation())));
        }
        return text.append(contrast(results)).toString();
    }

    /** Of ns, in at most eight characters. */
    private static String micros(double nanos) {
        return String.format(Locale.ROOT, nanos < 1e6 ? "%.2f" : nanos < 1e8 ? "%.1f" : "%.0f", nanos / 1e3);
    }

    /** Queues and rings with much under way against port I/O, for each engine, privilege and workload. */
    static String contrast(List<IoResult> results) {
        StringBuilder text = new StringBuilder();
        String group = "";
        for (IoResult deep : results) {
            Optional<IoResult> port = portOf(results, deep);
            if (deep.io().depth() == 1 || port.isEmpty()) {
                continue;
            }
            String now = deep.engine() + ", " + deep.io().title();
            if (!now.equals(group)) {
                group = now;
                text.append(now).append(", beside port I/O\n");
            }
            text.append(String.format(
                    Locale.ROOT,
                    "  %-15s x%d: %s times as many operations, %.3f exits each%n",
                    deep.io().path().label(),
                    deep.io().depth(),
                    IoChart.figure(deep.perSecond() / port.get().perSecond()),
                    deep.exitsPerOperation()));
        }
        return text.toString();
    }

    /** Port I/O where all else is as in {@code ring}. */
    static Optional<IoResult> portOf(List<IoResult> results, IoResult ring) {
        return results.stream()
                .filter(r -> r.io().path() == IoPath.PORT
                        && r.engine().equals(ring.engine())
                        && r.io().cpl() == ring.io().cpl()
                        && r.io().vcpus() == ring.io().vcpus()
                        && r.io().workload() == ring.io().workload())
                .findFirst();
    }
}
