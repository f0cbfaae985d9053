package io.paravert.bench.cpu;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongBiFunction;

/** What all processes said, by side: the programs' own runs, and those for the first second. */
final class Results {
    private final Map<Side, List<ProcessRun>> runs = new EnumMap<>(Side.class);
    private final Map<Side, List<ProcessRun>> fresh = new EnumMap<>(Side.class);

    /** Adds a process; what it computed must be what all others did. */
    void add(Side side, ProcessRun run) {
        runs.values().forEach(others -> others.forEach(other -> compare(other, run)));
        runs.computeIfAbsent(side, s -> new ArrayList<>()).add(run);
    }

    private static void compare(ProcessRun one, ProcessRun other) {
        one.checks().forEach((program, check) -> {
            String second = other.checks().getOrDefault(program, check);
            if (!check.equals(second)) {
                throw new BenchException(program + " gives " + check + " in one process and " + second + " in another");
            }
        });
    }

    void addFresh(Side side, ProcessRun run) {
        fresh.computeIfAbsent(side, s -> new ArrayList<>()).add(run);
    }

    Set<Side> sides() {
        return runs.keySet();
    }

    Set<String> programs() {
        return runs.values().iterator().next().get(0).times().keySet();
    }

    boolean has(Side side, String program) {
        return runs.getOrDefault(side, List.of()).stream()
                .anyMatch(run -> run.times().containsKey(program));
    }

    Spread warm(Side side, String program) {
        return spread(side, program, ProcessRun::warm);
    }

    Spread cold(Side side, String program) {
        return spread(side, program, ProcessRun::cold);
    }

    private Spread spread(Side side, String program, ToLongBiFunction<ProcessRun, String> value) {
        return Spread.of(runs.getOrDefault(side, List.of()).stream()
                .map(run -> value.applyAsLong(run, program))
                .toList());
    }

    Spread start(Side side) {
        return Spread.of(runs.getOrDefault(side, List.of()).stream()
                .map(ProcessRun::startNanos)
                .toList());
    }

    boolean hasFresh(Side side) {
        return fresh.containsKey(side);
    }

    /** Units of work in the first second. */
    Spread firstSecond(Side side) {
        return Spread.of(fresh.getOrDefault(side, List.of()).stream()
                .map(ProcessRun::firstSecond)
                .toList());
    }

    /** How many times as fast the software engine is as another side: the geometric mean over the programs that both have. */
    double mean(Side other) {
        double logarithms = 0;
        int count = 0;
        for (String program : programs()) {
            if (has(Side.SOFT, program) && has(other, program)) {
                logarithms += Math.log(ratio(other, program));
                count++;
            }
        }
        return Math.exp(logarithms / Math.max(1, count));
    }

    /** Warm speed of the software engine against another side's: above 1 it is the faster. */
    double ratio(Side other, String program) {
        return (double) warm(other, program).median() / warm(Side.SOFT, program).median();
    }
}
