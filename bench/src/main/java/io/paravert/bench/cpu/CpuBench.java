package io.paravert.bench.cpu;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench/cpu}: compiles the programs, runs them on each side by turns, and compares. Runs in the project's directory. */
@Command(
        name = "cpu",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "CPU programs in C, the same file on the software engine and on QEMU's TCG by turns, and natively.")
final class CpuBench implements Callable<Integer> {
    /** So long a process may take. */
    private static final long SECONDS = 600;

    @Parameters(arity = "0..1", paramLabel = "PROGRAM", description = "Only this one (default: all).")
    private String program = "";

    @Option(names = "--processes", paramLabel = "N", description = "Of each side (default: ${DEFAULT-VALUE}).")
    private int processes = 3;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "Of a program in a process; the later half count as warm (default: ${DEFAULT-VALUE}).")
    private int runs = 100;

    @Option(names = "--interpreter", description = "The software engine without its translator.")
    private boolean interpreter;

    @Option(
            names = "--sides",
            split = ",",
            paramLabel = "SIDE",
            description = "Of ${COMPLETION-CANDIDATES} (default: all).")
    private List<Side> sides = new ArrayList<>(List.of(Side.values()));

    @Option(names = "--no-first-second", description = "Without the row for a guest's first second.")
    private boolean noFirstSecond;

    @Option(
            names = "--rate",
            description = "Also how many guest instructions a second the software engine runs, program by program.")
    private boolean rate;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there too.")
    private @Nullable File json;

    @Option(names = "--paravert", paramLabel = "COMMAND", description = "What starts Paravert (default: ./paravert).")
    private String launcher = "./paravert";

    private final Results results = new Results();

    public static void main(String[] args) {
        CommandLine line = new CommandLine(new CpuBench());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            System.err.println("cpu: " + e.getMessage());
            return 1;
        });
        System.exit(line.execute(args));
    }

    @Override
    public Integer call() throws IOException {
        Programs programs = new Programs(Path.of("bench/target/cpu"));
        Path guest = programs.guest(runs, program);
        Path host = programs.host();
        for (int i = 0; i < processes; i++) {
            for (Side side : Side.values()) {
                if (sides.contains(side)) {
                    results.add(side, run(side, side == Side.NATIVE ? host : guest));
                }
            }
        }
        if (!noFirstSecond && program.isEmpty()) {
            firstSeconds(programs.firstSecond());
        }
        new ResultText(results, System.out).print();
        if (rate) {
            new InstructionRate(programs, runs, launcher, Side.environment(interpreter))
                    .print(results.programs(), SECONDS, System.out);
        }
        if (json != null) {
            new ResultJson(results).write(json, interpreter ? "soft, interpreter only" : "soft");
        }
        return 0;
    }

    private ProcessRun run(Side side, Path file) {
        List<String> command = new ArrayList<>(side.command(file, launcher));
        if (side == Side.NATIVE) {
            command.addAll(List.of(String.valueOf(runs), program));
        }
        Map<String, String> environment = side == Side.SOFT ? Side.environment(interpreter) : Map.of();
        return ProcessRun.of(command, environment, SECONDS);
    }

    private void firstSeconds(Path guest) {
        for (int i = 0; i < processes; i++) {
            for (Side side : List.of(Side.SOFT, Side.TCG)) {
                if (sides.contains(side)) {
                    results.addFresh(side, run(side, guest));
                }
            }
        }
    }
}
