package io.paravert.cli;

import io.paravert.guest.ExampleGuest;
import io.paravert.platform.PcBoard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
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
        footer =
                "%nA kernel that powers off ends with status 0, one that panics (and does not stay so: panic=-1) with 5, and "
                        + "one that reboots starts again.%nOn a terminal, Ctrl-A x leaves the guest and Ctrl-A Ctrl-A types a Ctrl-A.")
final class RunCommand implements Callable<Integer> {
    static final String JSON = "--json";
    /** {@code --json} without a file. */
    static final String STANDARD_ERROR = "";

    private static final List<String> KERNEL_OPTIONS =
            List.of("--initrd", "--module", "--append", "--disk", "--bus", "--console", "--no-reboot");

    private static final long DEFAULT_MEMORY = 64L << 20;
    private static final long KERNEL_MEMORY = 512L << 20;

    private final Stdio stdio;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "GUEST",
            description = "An example's name (below), or an ELF file. Or give --kernel.")
    private @Nullable String guest;

    @Option(
            names = "--kernel",
            paramLabel = "FILE",
            description = "An unmodified kernel instead, on a PC: Linux (bzImage, vmlinux) or multiboot.")
    private @Nullable Path kernel;

    @Option(names = "--initrd", paramLabel = "FILE", description = "Its initial RAM disk.")
    private @Nullable Path initrd;

    @Option(names = "--module", paramLabel = "FILE", description = "A multiboot module; again for more.")
    private List<Path> modules = new ArrayList<>();

    @Option(
            names = "--append",
            paramLabel = "TEXT",
            description = "Its command line (default: console=ttyS0 panic=-1, or hvc0 with --console virtio).")
    private @Nullable String append;

    @Option(
            names = "--disk",
            paramLabel = "FILE",
            description = "A raw disk image; again for more. One that cannot be written is read-only.")
    private List<Path> disks = new ArrayList<>();

    @Option(
            names = "--bus",
            paramLabel = "mmio|pci",
            defaultValue = "mmio",
            description = "How it reaches its virtio devices (default: ${DEFAULT-VALUE}).")
    private PcBoard.Bus bus = PcBoard.Bus.MMIO;

    @Option(
            names = "--console",
            paramLabel = "serial|virtio",
            defaultValue = "serial",
            description = "What this terminal is to it: COM1, or hvc0 (default: ${DEFAULT-VALUE}).")
    private KernelRequest.Console console = KernelRequest.Console.SERIAL;

    @Option(names = "--no-reboot", description = "A kernel's reboot ends the run, with status 0.")
    private boolean noReboot;

    @Option(
            names = "--engine",
            paramLabel = "auto|kvm|soft",
            defaultValue = "auto",
            description = "Where it runs. auto takes the best that works here; a named engine never gives way.")
    private EngineChoice engine = EngineChoice.AUTO;

    @Option(
            names = "--mem",
            paramLabel = "SIZE",
            converter = MemorySize.Converter.class,
            description = "Its memory: 64M, 2G, ... (default: 64M; with --kernel 512M).")
    private @Nullable MemorySize memory;

    @Option(names = "--vcpus", paramLabel = "N", description = "Virtual CPUs, 1 to 64 (default: what the guest wants).")
    private @Nullable Integer vcpus;

    @Option(
            names = "--device",
            paramLabel = "TYPE,KEY=VALUE",
            description = "A device for it, or a JSON file that describes one; again for more. "
                    + "'paravert devices' lists types.")
    private List<String> devices = new ArrayList<>();

    @Option(
            names = "--net",
            paramLabel = "NAME|tap=NAME|socket=WHERE",
            description =
                    "A network interface: short for --device net,network=NAME, or net, and what is given; again for more.")
    private List<String> nets = new ArrayList<>();

    @Option(
            names = PluginPath.OPTION,
            paramLabel = "PATH",
            description =
                    "A plugin's jar, or a folder of them; again for more (default: the folder plugins, if there).")
    private List<Path> plugins = new ArrayList<>();

    @Option(
            names = "--watch-plugins",
            description = "When a plugin's jar is built anew, its devices leave the running guest and come back new.")
    private boolean watchPlugins;

    @Option(
            names = "--trace",
            paramLabel = "exits",
            description = "Shows every exit on standard error, as it is served.")
    private @Nullable Trace trace;

    @Option(
            names = "--stats",
            paramLabel = "translator|paging",
            description = "Says at the end what the engine's translator did or what paging cost; again for both.")
    private List<Stats> stats = new ArrayList<>();

    @Option(
            names = "--dump-regions",
            paramLabel = "DIR",
            description = "Writes each region that the software engine translates, guest code beside bytecode.")
    private @Nullable Path dumpRegions;

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

    /** What {@code --stats} takes. */
    enum Stats {
        TRANSLATOR,
        PAGING
    }

    /** What the user asked for, checked as far as it can be without a machine. */
    RunRequest request() {
        if (timeout != null && !(timeout > 0 && timeout <= 1e9)) {
            throw new ParameterException(
                    spec.commandLine(), "Invalid value for option '--timeout': give a number of seconds above 0");
        }
        KernelRequest pcKernel = kernelRequest();
        return new RunRequest(
                pcKernel == null ? String.valueOf(guest) : pcKernel.name(),
                pcKernel,
                engine,
                memory == null ? (pcKernel == null ? DEFAULT_MEMORY : KERNEL_MEMORY) : memory.bytes(),
                vcpus,
                allDevices(),
                List.copyOf(plugins),
                watchPlugins,
                trace != null,
                Set.copyOf(stats),
                dumpRegions,
                timeout == null ? Duration.ZERO : Duration.ofNanos((long) (timeout * 1e9)),
                json,
                verbose);
    }

    /** What {@code --device} says, and what {@code --net} says in a shorter way. */
    private List<String> allDevices() {
        List<String> all = new ArrayList<>(devices);
        for (String net : nets) {
            int comma = net.indexOf(',');
            String first = comma < 0 ? net : net.substring(0, comma);
            all.add((first.contains("=") ? "net," : "net,network=") + net);
        }
        return all;
    }

    private @Nullable KernelRequest kernelRequest() {
        Path file = kernel;
        if ((file == null) == (guest == null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    file == null ? "Missing required parameter: 'GUEST'" : "Give GUEST or --kernel, not both");
        }
        if (file == null) {
            refuseKernelOptions();
            return null;
        }
        List<Path> all = new ArrayList<>();
        if (initrd != null) {
            all.add(initrd);
        }
        all.addAll(modules);
        String commandLine = append == null ? "console=" + console.linuxName() + " panic=-1" : append;
        return new KernelRequest(file, all, commandLine, disks, bus, console, !noReboot);
    }

    private void refuseKernelOptions() {
        CommandLine.ParseResult given = spec.commandLine().getParseResult();
        for (String option : KERNEL_OPTIONS) {
            if (given.hasMatchedOption(option)) {
                throw new ParameterException(spec.commandLine(), option + " goes with --kernel");
            }
        }
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
