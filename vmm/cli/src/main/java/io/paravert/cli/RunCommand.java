package io.paravert.cli;

import io.paravert.guest.ExampleGuest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code paravert run}. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        description = "Runs a guest: its console is this terminal, its exit status is this command's.",
        sortOptions = false,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "(any):the guest's own",
            "2:wrong usage",
            "3:bad guest file",
            "4:engine not usable",
            "5:the guest crashed",
            "124:the guest ran into --timeout",
            "130:the user left, as by Ctrl-A x"
        },
        footer = "%nOn a terminal, Ctrl-A x leaves the guest and Ctrl-A Ctrl-A types a Ctrl-A.")
final class RunCommand implements Callable<Integer> {
    static final String JSON = "--json";
    /** {@code --json} without a file. */
    static final String STANDARD_ERROR = "";

    private final Stdio stdio;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "GUEST", description = "An example's name (below), or an ELF file.")
    private String guest = "";

    @Option(
            names = "--engine",
            paramLabel = "auto|kvm|soft",
            defaultValue = "auto",
            description = "Where it runs. auto takes the best that works here; a named engine never gives way.")
    private EngineChoice engine = EngineChoice.AUTO;

    @Option(
            names = "--mem",
            paramLabel = "SIZE",
            defaultValue = "64M",
            converter = MemorySize.Converter.class,
            description = "Its memory: 64M, 2G, ... (default: ${DEFAULT-VALUE}).")
    private MemorySize memory = new MemorySize(0);

    @Option(names = "--vcpus", paramLabel = "N", description = "Virtual CPUs, 1 to 64 (default: what the guest wants).")
    private @Nullable Integer vcpus;

    @Option(
            names = "--device",
            paramLabel = "TYPE,KEY=VALUE",
            description = "A device for it; again for more. 'paravert devices' lists types.")
    private List<String> devices = new ArrayList<>();

    @Option(
            names = "--trace",
            paramLabel = "exits",
            description = "Shows every exit on standard error, as it is served.")
    private @Nullable Trace trace;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Ends it after so long (default: never).")
    private @Nullable Double timeout;

    @Option(
            names = JSON,
            arity = "0..1",
            paramLabel = "FILE",
            fallbackValue = STANDARD_ERROR,
            description = "Writes one JSON record of the run to standard error instead of the summary, or to FILE.")
    private @Nullable String json;

    @Option(names = "--verbose", description = "Shows more of what the monitor does, and stack traces of failures.")
    private boolean verbose;

    /** The words as they are parsed: in {@code --json hello}, hello is the guest and no file. */
    static String[] detachJson(String[] words) {
        return Arrays.stream(words)
                .map(word -> word.equals(JSON) ? JSON + "=" + STANDARD_ERROR : word)
                .toArray(String[]::new);
    }

    RunCommand(Stdio stdio) {
        this.stdio = stdio;
    }

    /** What {@code --trace} takes. */
    enum Trace {
        EXITS
    }

    /** What the user asked for, checked as far as it can be without a machine. */
    RunRequest request() {
        if (timeout != null && !(timeout > 0 && timeout <= 1e9)) {
            throw new ParameterException(
                    spec.commandLine(), "Invalid value for option '--timeout': give a number of seconds above 0");
        }
        return new RunRequest(
                guest,
                engine,
                memory.bytes(),
                vcpus,
                List.copyOf(devices),
                trace != null,
                timeout == null ? Duration.ZERO : Duration.ofNanos((long) (timeout * 1e9)),
                json,
                verbose);
    }

    @Override
    public Integer call() {
        return new GuestRunner(stdio, request()).run();
    }

    /** A section of {@code run --help}. */
    static String examples() {
        StringBuilder text = new StringBuilder(String.format("%nExamples:%n"));
        for (ExampleGuest example : GuestTarget.examples()) {
            text.append(String.format("  %-16s%s%n", example.name(), example.summary()));
        }
        return text.toString();
    }
}
