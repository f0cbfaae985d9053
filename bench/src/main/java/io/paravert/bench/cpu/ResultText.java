package io.paravert.bench.cpu;

import java.io.PrintStream;
import java.util.Set;

/** For people. */
final class ResultText {
    private static final double MILLI = 1e6;

    private final Results results;
    private final PrintStream out;

    ResultText(Results results, PrintStream out) {
        this.results = results;
        this.out = out;
    }

    void print() {
        Set<Side> sides = results.sides();
        out.printf("warm, ms: median of processes (least - most)%n%-11s", "program");
        sides.forEach(side -> out.printf(" %26s", side.word()));
        if (compares(Side.TCG)) {
            out.printf(" %9s", "tcg/soft");
        }
        if (compares(Side.NATIVE)) {
            out.printf(" %11s", "native/soft");
        }
        out.printf(" %10s%n", "cold");
        results.programs().forEach(this::row);
        sides.stream().filter(side -> side != Side.SOFT && compares(side)).forEach(side -> {
            out.printf("geometric mean of %s/soft: %.2f%n", side.word(), results.mean(side));
        });
        sides.forEach(side -> out.printf(
                "start of the process to the first line, %s: %.0f ms%n",
                side.word(), results.start(side).median() / MILLI));
        firstSecond();
    }

    private boolean compares(Side side) {
        return results.sides().contains(side) && results.sides().contains(Side.SOFT);
    }

    private void row(String program) {
        out.printf("%-11s", program);
        for (Side side : results.sides()) {
            if (results.has(side, program)) {
                Spread s = results.warm(side, program);
                out.printf(" %10.2f (%.2f-%.2f)", s.median() / MILLI, s.least() / MILLI, s.most() / MILLI);
            } else {
                out.printf(" %26s", "-");
            }
        }
        for (Side other : new Side[] {Side.TCG, Side.NATIVE}) {
            if (compares(other)) {
                String cell = results.has(other, program)
                        ? String.format(other == Side.TCG ? "%.2f" : "%.3f", results.ratio(other, program))
                        : "-";
                out.printf(other == Side.TCG ? " %9s" : " %11s", cell);
            }
        }
        Side first = results.sides().iterator().next();
        out.printf(" %10.1f%n", results.cold(first, program).median() / MILLI);
    }

    private void firstSecond() {
        if (results.hasFresh(Side.SOFT) && results.hasFresh(Side.TCG)) {
            long soft = results.firstSecond(Side.SOFT).median();
            long tcg = results.firstSecond(Side.TCG).median();
            out.printf(
                    "first second of a fresh guest: %d units of work, TCG's %d: %.2f of it%n",
                    soft, tcg, (double) soft / tcg);
        }
    }
}
