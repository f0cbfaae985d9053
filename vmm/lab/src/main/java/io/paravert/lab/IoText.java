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
                    "%-15s%5d%10.0f%6.0f%%%8.1f%9.3f%9.3f%9.1f%9.1f %9.1f %8.2f%n",
                    io.path().label(),
                    io.depth(),
                    result.perSecond(),
                    result.spread() * 100,
                    result.bytesPerSecond() / 1e6,
                    result.exitsPerOperation(),
                    result.kicksPerOperation(),
                    result.latency(50) / 1e3,
                    result.latency(99) / 1e3,
                    result.latency(99.9) / 1e3,
                    result.cpuNanosPerOperation() / 1e3));
        }
        return text.append(contrast(results)).toString();
    }

    /** The ring against port I/O, for each engine and privilege. */
    static String contrast(List<IoResult> results) {
        StringBuilder text = new StringBuilder();
        for (IoResult ring : results) {
            if (ring.io().path() != IoPath.RING_POLLING || ring.io().depth() == 1) {
                continue;
            }
            portOf(results, ring)
                    .ifPresent(port -> text.append(String.format(
                            Locale.ROOT,
                            "%s, %s: polling ring x%d does %.0f times port I/O%n",
                            ring.engine(),
                            ring.io().title(),
                            ring.io().depth(),
                            ring.perSecond() / port.perSecond())));
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
