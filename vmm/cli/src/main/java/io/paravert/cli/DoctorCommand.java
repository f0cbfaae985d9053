package io.paravert.cli;

import io.paravert.vmm.engine.EngineProvider;
import io.paravert.vmm.engine.EngineReport;
import io.paravert.vmm.engine.EngineReport.TransportFinding;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code paravert doctor}: what this machine can do, and what to do about what it cannot. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        description =
                "Shows what this machine can do for guests: engines, capabilities, the cost of a hypercall by each"
                        + " transport, what is chosen, and for each failure its cause and remedy.",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:guests can run here", "4:no engine is usable"})
final class DoctorCommand implements Callable<Integer> {
    private final Stdio stdio;

    @Option(names = "--json", description = "For machines.")
    private boolean json;

    DoctorCommand(Stdio stdio) {
        this.stdio = stdio;
    }

    @Override
    public Integer call() {
        return show(
                HostFacts.read(),
                EngineSelection.installed().stream().map(EngineProvider::probe).toList());
    }

    /** @param reports the engines', the preferred first */
    int show(HostFacts host, List<EngineReport> reports) {
        Optional<String> choice = reports.stream()
                .filter(EngineReport::usable)
                .map(EngineReport::name)
                .findFirst();
        PrintStream out = stdio.text();
        if (json) {
            out.println(DoctorJson.of(host, reports, choice));
        } else {
            print(out, host, reports, choice);
        }
        int written = Output.finish(out);
        return choice.isPresent() ? written : Status.NO_ENGINE;
    }

    private void print(PrintStream out, HostFacts host, List<EngineReport> reports, Optional<String> choice) {
        out.println(paint("1", "host"));
        host.facts().forEach(fact -> line(out, fact.name(), fact.value()));
        for (EngineReport report : reports) {
            out.println();
            print(out, report);
        }
        out.println();
        out.println(choice.map(c -> paint("32", "--engine auto takes " + c))
                .orElse(paint("31", "no engine is usable here; see the remedies above")));
    }

    private void print(PrintStream out, EngineReport report) {
        String verdict = report.usable() ? paint("32", "usable") : paint("31", "not usable");
        out.println(paint("1", "engine " + report.name()) + ": " + verdict + ", " + report.summary());
        if (!report.usable()) {
            line(out, "cause", report.cause());
            line(out, "remedy", report.remedy());
        }
        report.facts().forEach(fact -> line(out, fact.name(), fact.value()));
        for (TransportFinding found : report.transports()) {
            String cost = found.nanoseconds() > 0 ? found.nanoseconds() + " ns a call" : found.works() ? "works" : "no";
            String detail = found.detail().isEmpty() ? "" : "; " + found.detail();
            line(
                    out,
                    "by " + RunSummary.transport(found.transport().name()),
                    cost + detail + (found.chosen() ? paint("32", "  <- chosen") : ""));
        }
    }

    private void line(PrintStream out, String name, String value) {
        out.printf("  %-32s%s%n", name, value);
    }

    private String paint(String code, String text) {
        return stdio.colourOut() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
