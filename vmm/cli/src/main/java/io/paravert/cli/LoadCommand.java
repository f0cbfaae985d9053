package io.paravert.cli;

import io.paravert.device.Delivery;
import io.paravert.load.BlockTarget;
import io.paravert.load.Faults;
import io.paravert.load.LoadException;
import io.paravert.load.LoadPlan;
import io.paravert.load.LoadProgress;
import io.paravert.load.LoadReport;
import io.paravert.load.LoadShare;
import io.paravert.load.LoadTest;
import io.paravert.vmm.engine.Engine;
import io.vertx.core.Vertx;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code paravert load}. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        sortOptions = false,
        description = {
            "Puts devices under load: many guests in one process, each driving a device of its own over a path, at a rate"
                    + " or as fast as it can.",
            "At a rate, an operation's latency counts from when it was due, so one that waits behind a slow one is slow"
                    + " too (no coordinated omission)."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:measured", "1:a guest ended badly", "2:wrong usage", "4:engine not usable"})
final class LoadCommand implements Callable<Integer> {
    private static final double MOST_SECONDS = 86_400;

    private final Stdio stdio;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--guests", paramLabel = "N", defaultValue = "10", description = "1 to 1000 (default: 10).")
    private int guests;

    @Option(
            names = "--target",
            paramLabel = "echo|block",
            defaultValue = "echo",
            description = "The device: echo answers and does nothing else, block reads 4 KiB of a disk in memory"
                    + " (default: echo).")
    private LoadKind.Target target = LoadKind.Target.ECHO;

    @Option(
            names = "--path",
            paramLabel = "PATH",
            defaultValue = "hypercall",
            description = "How a guest reaches it: hypercall, port, mmio; for block also virtio, ring, ring-adaptive,"
                    + " ring-polling (default: hypercall).")
    private BlockTarget.Path path = BlockTarget.Path.HYPERCALL;

    @Option(
            names = "--depth",
            paramLabel = "N",
            defaultValue = "1",
            description = "Operations that a guest has under way at once, 1 to 32, by virtio and rings (default: 1).")
    private int depth = 1;

    @Option(
            names = "--mix",
            paramLabel = "TARGET[,KEY=VALUE]...",
            description =
                    "Guests that do so, beside those of other --mix: they take turns. Keys are path, depth, delivery,"
                            + " and faults of these devices alone: delay, errors, drops. As in block,path=ring,depth=8,errors=0.1.")
    private List<String> mix = List.of();

    @Option(
            names = "--delivery",
            paramLabel = "call|inline|post",
            description =
                    "How a request reaches echo: over the event bus, on the vCPU's thread, or over the bus without"
                            + " an answer (default: call).")
    private @Nullable Delivery delivery;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Operations a second that each guest begins, come what may (default: flat out).")
    private @Nullable Double rate;

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How long is measured, once all guests run (default: 5).")
    private double duration;

    @Option(
            names = "--ramp",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "Over how long guests are created (default: 0, as fast as the host can).")
    private double ramp;

    @Option(
            names = "--mem",
            paramLabel = "SIZE",
            converter = MemorySize.Converter.class,
            defaultValue = "2M",
            description = "Memory of each guest; only what it touches costs anything (default: 2M).")
    private MemorySize memory = new MemorySize(2 << 20);

    @Option(
            names = "--delay",
            paramLabel = "SHARE:MS",
            description = "A fault: this share of each device's requests, 0 to 1, is answered so much later.")
    private @Nullable String delay;

    @Option(names = "--errors", paramLabel = "SHARE", description = "A fault: this share fails with EIO.")
    private double errors;

    @Option(
            names = "--drops",
            paramLabel = "SHARE",
            description = "A fault: this share is never answered; --deadline ends it.")
    private double drops;

    @Option(
            names = "--deadline",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How long a device may take before its request fails (default: 5).")
    private double deadline;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of the faults (default: 1).")
    private long seed;

    @Option(
            names = "--engine",
            paramLabel = "auto|kvm|soft",
            defaultValue = "auto",
            description = "Where guests run (default: auto, the best that works here).")
    private EngineChoice engine = EngineChoice.AUTO;

    @Option(names = "--json", description = "For machines.")
    private boolean json;

    LoadCommand(Stdio stdio) {
        this.stdio = stdio;
    }

    @Override
    public Integer call() {
        LoadTest test;
        try {
            test = new LoadTest(plan(), shares()).onProgress(this::progress);
        } catch (LoadException e) {
            throw new CommandException(Status.USAGE, String.valueOf(e.getMessage()), e);
        }
        EngineSelection selection = EngineSelection.open(engine, Set.of());
        LoadReport report;
        Vertx vertx = GuestRunner.vertx();
        try (Engine opened = selection.engine()) {
            selection.note().ifPresent(note -> stdio.err().println("paravert: " + note));
            report = test.run(opened, vertx);
        } catch (LoadException e) {
            throw new CommandException(Status.FAILURE, String.valueOf(e.getMessage()), e);
        } finally {
            if (stdio.errIsTerminal()) {
                stdio.err().print("\r\u001b[K");
            }
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
        PrintStream out = stdio.text();
        out.print(json ? LoadJson.of(report) + "\n" : report.describe());
        int written = Output.finish(out);
        return report.endings().isEmpty() ? written : Status.FAILURE;
    }

    private List<LoadShare> shares() {
        if (mix.isEmpty()) {
            return List.of(new LoadKind(target, path, Optional.ofNullable(delivery), depth, faults()).share());
        }
        for (String option : List.of("--target", "--path", "--depth", "--delivery", "--delay", "--errors", "--drops")) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new ParameterException(
                        spec.commandLine(), option + " and --mix: say it in --mix, as " + option.substring(2) + "=");
            }
        }
        return mix.stream().map(words -> LoadKind.parse(words, seed).share()).toList();
    }

    private LoadPlan plan() {
        return new LoadPlan(
                guests,
                memory.bytes(),
                rate == null
                        ? 0
                        : above(rate, "--rate", "give operations a second above 0, or leave it out for flat out"),
                seconds(ramp, "--ramp"),
                seconds(above(duration, "--duration", "give seconds above 0"), "--duration"),
                seconds(above(deadline, "--deadline", "give seconds above 0"), "--deadline"),
                Faults.none());
    }

    private Faults faults() {
        double share = 0;
        double millis = 0;
        if (delay != null) {
            String[] parts = delay.split(":", -1);
            try {
                share = Double.parseDouble(parts[0]);
                millis = Double.parseDouble(parts[1]);
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw wrong("--delay", "give a share and milliseconds, as in 0.01:20");
            }
        }
        return new Faults(seconds(millis / 1e3, "--delay"), share, errors, drops, seed);
    }

    private Duration seconds(double value, String option) {
        if (!(value >= 0 && value <= MOST_SECONDS)) {
            throw wrong(option, "give 0 to " + (int) MOST_SECONDS + " seconds");
        }
        return Duration.ofNanos((long) (value * 1e9));
    }

    private double above(double value, String option, String remedy) {
        if (!(value > 0)) {
            throw wrong(option, remedy);
        }
        return value;
    }

    private ParameterException wrong(String option, String remedy) {
        return new ParameterException(spec.commandLine(), "Invalid value for option '" + option + "': " + remedy);
    }

    private void progress(LoadProgress step) {
        if (stdio.errIsTerminal()) {
            stdio.err().print("\r\u001b[K" + step.describe());
            stdio.err().flush();
        }
    }
}
