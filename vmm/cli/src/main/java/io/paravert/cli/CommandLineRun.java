package io.paravert.cli;

import io.paravert.guest.GuestProgramException;
import io.paravert.memory.HostMemoryException;
import io.paravert.vmm.VmException;
import io.paravert.vmm.boot.GuestFileException;
import io.paravert.vmm.devices.DeviceTextException;
import io.paravert.vmm.devices.Spelling;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.plugins.PluginException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** One command line, from its words to its exit status. */
final class CommandLineRun {
    private static final String VERBOSE = "--verbose";
    /** A section of help of our own. */
    private static final String EXAMPLES = "examples";

    private CommandLineRun() {}

    static int execute(Stdio stdio, String... args) {
        boolean verbose = Arrays.asList(args).contains(VERBOSE);
        if (verbose) {
            System.setProperty(QuietLogging.LEVEL, "INFO");
        }
        CommandLine line = new CommandLine(new ParavertCommand(), new Commands(stdio));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(stdio.colourOut() ? Ansi.ON : Ansi.OFF));
        line.setOut(new PrintWriter(stdio.out(), true, StandardCharsets.UTF_8));
        line.setUsageHelpAutoWidth(false);
        line.setUsageHelpWidth(100);
        CommandLine run = Objects.requireNonNull(line.getSubcommands().get("run"));
        run.getHelpSectionMap().put(EXAMPLES, help -> RunCommand.examples());
        List<String> sections = new ArrayList<>(run.getHelpSectionKeys());
        sections.add(sections.indexOf(UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST_HEADING), EXAMPLES);
        run.setHelpSectionKeys(sections);
        line.setParameterExceptionHandler((failure, words) -> refuse(stdio, failure));
        line.setExecutionExceptionHandler((failure, command, parsed) -> fail(stdio, failure, verbose));
        return line.execute(args.length > 0 && args[0].equals("run") ? RunCommand.detachJson(args) : args);
    }

    /** Wrong usage: one line, and where to read more. */
    private static int refuse(Stdio stdio, ParameterException failure) {
        CommandLine command = failure.getCommandLine();
        String name = command.getCommandSpec().qualifiedName(" ");
        stdio.err()
                .println(name + ": " + oneLine(String.valueOf(failure.getMessage())) + suggestion(failure) + " (see "
                        + name + " --help)");
        return Status.USAGE;
    }

    private static String suggestion(ParameterException failure) {
        if (!(failure instanceof UnmatchedArgumentException unmatched)) {
            return "";
        }
        CommandLine command = failure.getCommandLine();
        Set<String> known = new TreeSet<>(command.getSubcommands().keySet());
        command.getCommandSpec().options().forEach(option -> Collections.addAll(known, option.names()));
        return Spelling.nearest(unmatched.getUnmatched().get(0), known)
                .map(near -> "; did you mean " + near + "?")
                .orElse("");
    }

    private static int fail(Stdio stdio, Exception failure, boolean verbose) {
        int status = statusOf(failure);
        String message = failure.getMessage() == null ? failure.toString() : oneLine(failure.getMessage());
        boolean expected = status != Status.FAILURE || failure instanceof CommandException;
        stdio.err()
                .println(
                        expected
                                ? "paravert: " + message
                                : "paravert: internal error: "
                                        + failure.getClass().getSimpleName() + ": " + message
                                        + (verbose ? "" : "; run again with --verbose for the stack trace"));
        if (verbose) {
            failure.printStackTrace(stdio.err());
        }
        return status;
    }

    /** The exit status that stands for a failure. */
    static int statusOf(Exception failure) {
        if (failure instanceof CommandException command) {
            return command.status();
        }
        if (failure instanceof GuestFileException || failure instanceof GuestProgramException) {
            return Status.BAD_GUEST;
        }
        if (failure instanceof EngineException || failure instanceof HostMemoryException) {
            return Status.NO_ENGINE;
        }
        if (failure instanceof VmException
                || failure instanceof DeviceTextException
                || failure instanceof PluginException) {
            return Status.USAGE;
        }
        return Status.FAILURE;
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
