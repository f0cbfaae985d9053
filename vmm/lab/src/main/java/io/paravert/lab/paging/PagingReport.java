package io.paravert.lab.paging;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.paravert.lab.paging.PagingLab.Findings;
import io.paravert.vmm.engine.PagingTechnique;
import io.paravert.vmm.lab.LabReport;
import java.util.Locale;
import java.util.Optional;

/** The findings as text, JSON and page. */
final class PagingReport {
    private static final String EXPLANATION = """
            All figures are for one operation; ns are of processor time. A walk is a miss of the TLB. With
            two-dimensional paging the processor walks the guest's tables itself, and each address in them by
            the machine's: up to 24 references, no exit. With shadow paging it walks a table that the monitor
            derived: 4 references, and exits to keep it true.
            """;

    private PagingReport() {}

    static LabReport of(Findings findings) {
        return new LabReport(text(findings), json(findings), Optional.of(PagingPage.of(findings)));
    }

    static String word(PagingTechnique technique) {
        return switch (technique) {
            case SHADOW -> "shadow";
            case TWO_DIMENSIONAL -> "two-dim.";
            case ENGINE_CHOICE -> "its own";
        };
    }

    private static String text(Findings findings) {
        StringBuilder out = new StringBuilder();
        out.append(String.format(
                Locale.ROOT,
                "%-7s %-16s %-9s %10s %8s %10s %8s %12s%n",
                "engine",
                "workload",
                "paging",
                "ns",
                "walks",
                "references",
                "exits",
                "monitor refs"));
        for (PagingResult r : findings.results()) {
            out.append(String.format(
                    Locale.ROOT,
                    "%-7s %-16s %-9s %,10.0f",
                    r.engine(),
                    r.workload().label(),
                    word(r.technique()),
                    r.nanos()));
            out.append(
                    r.isCounted()
                            ? String.format(
                                    Locale.ROOT,
                                    " %8.2f %10.2f %8.2f %12.2f%n",
                                    r.walks(),
                                    r.references(),
                                    r.exits(),
                                    r.monitorReferences())
                            : String.format(Locale.ROOT, " %8s %10s %8s %12s%n", "-", "-", "-", "-"));
        }
        out.append('\n');
        for (Workload workload : Workload.values()) {
            out.append(String.format(Locale.ROOT, "%-17s %s%n", workload.label() + ":", workload.operation()));
        }
        out.append('\n').append(EXPLANATION);
        findings.notes().forEach((engine, note) -> out.append(wrapped(engine + ": " + note)));
        findings.results().stream()
                .filter(r -> !r.isCounted())
                .findFirst()
                .ifPresent(r -> out.append(wrapped(r.engine() + ": " + UNSEEN)));
        return out.toString();
    }

    /** What can be said of an engine that counts nothing. */
    static final String UNSEEN =
            "the processor, and the kernel's part of KVM, do the paging: from here only the time shows. On the"
                    + " host, 'perf kvm stat' counts the exits, and the performance counters of the processor the walks";

    private static String wrapped(String text) {
        StringBuilder out = new StringBuilder();
        int column = 0;
        for (String word : text.split(" ")) {
            if (column > 0 && column + 1 + word.length() > 98) {
                out.append("\n  ");
                column = 2;
            } else if (column > 0) {
                out.append(' ');
                column++;
            }
            out.append(word);
            column += word.length();
        }
        return out.append('\n').toString();
    }

    private static String json(Findings findings) {
        ObjectNode root = new JsonMapper().createObjectNode();
        root.put("lab", "paging");
        ArrayNode rows = root.putArray("results");
        for (PagingResult r : findings.results()) {
            ObjectNode row = rows.addObject();
            row.put("engine", r.engine())
                    .put("paging", r.technique().name().toLowerCase(Locale.ROOT))
                    .put("workload", r.workload().name().toLowerCase(Locale.ROOT))
                    .put("operations", PagingGuest.operations(r.workload()))
                    .put("nanosPerOperation", r.nanos());
            if (r.isCounted()) {
                row.put("walksPerOperation", r.walks())
                        .put("referencesPerOperation", r.references())
                        .put("exitsPerOperation", r.exits())
                        .put("monitorReferencesPerOperation", r.monitorReferences());
            }
        }
        ObjectNode notes = root.putObject("notes");
        findings.notes().forEach(notes::put);
        return root.toPrettyString();
    }
}
