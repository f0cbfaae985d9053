package io.paravert.cli;

import io.paravert.vmm.devices.Spelling;
import io.paravert.vmm.lab.Lab;
import io.paravert.vmm.lab.LabReport;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code paravert lab}. */
@Command(
        name = "lab",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        description =
                "Runs an experiment that shows what virtualization costs on this machine; without NAME, lists them.")
final class LabCommand implements Callable<Integer> {
    private final Stdio stdio;

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "Which one.")
    private @Nullable String name;

    @Option(names = "--json", description = "For machines.")
    private boolean json;

    @Option(names = "--quick", description = "Measures shortly: for the shape of things, not for figures to quote.")
    private boolean quick;

    @Option(names = "--html", paramLabel = "FILE", description = "Writes a self-contained page too.")
    private @Nullable Path html;

    LabCommand(Stdio stdio) {
        this.stdio = stdio;
    }

    @Override
    public Integer call() {
        List<Lab> labs = new ArrayList<>();
        ServiceLoader.load(Lab.class).forEach(labs::add);
        labs.sort(Comparator.comparing(Lab::name));
        return name == null ? list(labs) : run(find(labs, name));
    }

    private int list(List<Lab> labs) {
        PrintStream out = stdio.text();
        if (json) {
            out.println(Output.jsonObject(true, generator -> {
                generator.writeArrayFieldStart("labs");
                for (Lab lab : labs) {
                    generator.writeStartObject();
                    generator.writeStringField("name", lab.name());
                    generator.writeStringField("summary", lab.summary());
                    generator.writeEndObject();
                }
                generator.writeEndArray();
            }));
        } else if (labs.isEmpty()) {
            out.println("no lab is installed");
        }
        if (!json) {
            labs.forEach(lab -> out.printf("%-16s%s%n", lab.name(), lab.summary()));
        }
        return Output.finish(out);
    }

    private static Lab find(List<Lab> labs, String name) {
        List<String> names = labs.stream().map(Lab::name).toList();
        return labs.stream()
                .filter(lab -> lab.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new CommandException(
                        Status.USAGE,
                        "no lab '" + name + "'"
                                + Spelling.nearest(name, names)
                                        .map(n -> "; did you mean '" + n + "'?")
                                        .orElse(
                                                names.isEmpty()
                                                        ? "; none is installed"
                                                        : "; known: " + String.join(", ", names))));
    }

    private int run(Lab lab) {
        Consumer<String> progress = stdio.errIsTerminal() ? this::progress : line -> {};
        LabReport report = quick ? lab.runQuickly(progress) : lab.run(progress);
        if (stdio.errIsTerminal()) {
            stdio.err().print("\r\u001b[K");
        }
        PrintStream out = stdio.text();
        out.print(json ? report.json() + "\n" : report.text());
        int status = Output.finish(out);
        if (html != null) {
            write(lab, report, html);
        }
        return status;
    }

    private void progress(String line) {
        stdio.err().print("\r\u001b[K" + line);
        stdio.err().flush();
    }

    private static void write(Lab lab, LabReport report, Path file) {
        String page = report.html()
                .orElseThrow(() -> new CommandException(Status.USAGE, "the lab " + lab.name() + " makes no page"));
        try {
            Files.writeString(file, page);
        } catch (IOException e) {
            throw new CommandException(Status.FAILURE, "the page cannot be written to " + file + ": " + e, e);
        }
    }
}
