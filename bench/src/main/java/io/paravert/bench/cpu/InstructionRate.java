package io.paravert.bench.cpu;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many guest instructions a second the software engine runs: each program in a process of its own, whose instructions {@code
 * --stats translator} counts, over the time that its runs took by the guest's clock, the cold ones included.
 */
final class InstructionRate {
    private static final Pattern COUNTED = Pattern.compile("([0-9]+) guest instructions");
    private static final double PER_MICROSECOND = 1e3;

    private final Programs programs;
    private final int runs;
    private final String launcher;
    private final Map<String, String> environment;

    InstructionRate(Programs programs, int runs, String launcher, Map<String, String> environment) {
        this.programs = programs;
        this.runs = runs;
        this.launcher = launcher;
        this.environment = environment;
    }

    /** Measures each program and prints a line for it. */
    void print(Iterable<String> names, long seconds, PrintStream out) throws IOException {
        for (String name : names) {
            out.printf("%-11s %8.1f million instructions a second%n", name, measure(name, seconds));
        }
    }

    private double measure(String name, long seconds) throws IOException {
        List<String> command = new ArrayList<>(Side.SOFT.command(programs.guest(runs, name), launcher));
        command.addAll(command.size() - 1, List.of("--stats", "translator"));
        Path summary = Files.createTempFile("paravert-cpu", ".summary");
        try {
            ProcessRun run = ProcessRun.of(command, environment, seconds, ProcessBuilder.Redirect.to(summary.toFile()));
            Matcher counted = COUNTED.matcher(Files.readString(summary));
            if (!counted.find()) {
                throw new BenchException("no count of instructions from: " + String.join(" ", command));
            }
            long nanos = run.times().getOrDefault(name, List.of()).stream()
                    .mapToLong(Long::longValue)
                    .sum();
            return PER_MICROSECOND * Long.parseLong(counted.group(1)) / Math.max(1, nanos);
        } finally {
            Files.delete(summary);
        }
    }
}
