package io.paravert.lab.paging;

import io.paravert.lab.Page;
import io.paravert.lab.paging.PagingLab.Findings;
import io.paravert.vmm.engine.PagingTechnique;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The findings as a page for a class. */
final class PagingPage {
    private static final int WIDTH = 760;
    private static final int LINE = 20;
    private static final int LABELS = 250;
    private static final int FIGURES = 90;

    private PagingPage() {}

    static String of(Findings findings) {
        Page page = new Page("Shadow paging and two-dimensional paging");
        page.paragraph(
                "A guest's page tables lead from its linear addresses to what it takes for physical memory. That is memory"
                        + " of the monitor's, and lies somewhere else. Who makes the second step? Both answers run here under the same"
                        + " guest, in an engine that counts what a processor and a monitor would do.");
        page.heading("Two dimensions: the processor makes both steps");
        page.paragraph(
                "Nested paging (AMD) and EPT (Intel): the processor walks the guest's tables and, for each address that it"
                        + " meets there, the monitor's. A miss of the TLB reads up to 4 x (4 + 1) + 4 = 24 entries. The monitor"
                        + " is never asked, whatever the guest does to its tables.");
        page.figure(WalkPicture.twoDimensional());
        page.heading("The shadow: the monitor makes both steps, once");
        page.paragraph(
                "Before processors could do that, the monitor built a table of its own, straight from linear addresses to"
                        + " the host's memory, and gave that one to the processor: 4 entries a miss. But the shadow must follow the"
                        + " guest's tables. They are write-protected, so that a store to one leaves the guest; so do loads of CR3,"
                        + " INVLPG, and each first touch of a page that the shadow lacks.");
        page.figure(WalkPicture.shadow());
        engines(findings).forEach((engine, results) -> engine(page, engine, results, findings.notes()));
        return page.text();
    }

    private static Map<String, List<PagingResult>> engines(Findings findings) {
        Map<String, List<PagingResult>> engines = new LinkedHashMap<>();
        List<PagingResult> ordered = new ArrayList<>(findings.results());
        ordered.sort(Comparator.comparing(r -> !r.isCounted()));
        for (PagingResult r : ordered) {
            engines.computeIfAbsent(
                    r.engine(),
                    engine -> findings.results().stream()
                            .filter(other -> other.engine().equals(engine))
                            .toList());
        }
        return engines;
    }

    private static void engine(Page page, String engine, List<PagingResult> results, Map<String, String> notes) {
        page.heading("Measured: the engine " + engine);
        boolean counted = results.stream().allMatch(PagingResult::isCounted);
        if (!counted) {
            page.paragraph(engine + ": " + PagingReport.UNSEEN + ".");
        }
        if (notes.containsKey(engine)) {
            page.paragraph(notes.getOrDefault(engine, ""));
        }
        if (counted) {
            charts(page, results);
        }
        table(page, results);
    }

    private static void charts(Page page, List<PagingResult> results) {
        for (Workload workload : Workload.values()) {
            List<PagingResult> rows =
                    results.stream().filter(r -> r.workload() == workload).toList();
            page.subheading(workload.label() + ": " + workload.operation());
            page.paragraph(workload.story());
            StringBuilder bars = new StringBuilder();
            int line = 0;
            line = bars(bars, line, "references of a processor", rows, PagingResult::references);
            line = bars(bars, line, "exits to the monitor", rows, PagingResult::exits);
            line = bars(bars, line, "references of the monitor", rows, PagingResult::monitorReferences);
            line = bars(bars, line, "time in this engine, ns", rows, PagingResult::nanos);
            page.figure(String.format(
                            Locale.ROOT,
                            "<svg viewBox='0 0 %d %d' width='%d' role='img' font-family='sans-serif' font-size='13'>",
                            WIDTH,
                            line * LINE + 6,
                            WIDTH)
                    + bars + "</svg>");
        }
    }

    /** A group of bars, one for each technique, on a scale of its own; the line after it. */
    private static int bars(
            StringBuilder out, int from, String what, List<PagingResult> rows, ToDoubleFunction<PagingResult> figure) {
        double most = Math.max(rows.stream().mapToDouble(figure).max().orElse(0), 1e-9);
        int line = from;
        for (PagingResult r : rows) {
            double value = figure.applyAsDouble(r);
            long length = Math.round((WIDTH - LABELS - FIGURES) * value / most);
            String label = (line == from ? what + ", " : "") + PagingReport.word(r.technique());
            out.append(String.format(
                    Locale.ROOT,
                    "<text x='%d' y='%d' text-anchor='end'>%s</text><rect x='%d' y='%d' width='%d' height='%d' fill='%s'/>"
                            + "<text x='%d' y='%d'>%s</text>",
                    LABELS - 6,
                    line * LINE + 15,
                    label,
                    LABELS,
                    line * LINE + 3,
                    length,
                    LINE - 5,
                    r.technique() == PagingTechnique.SHADOW ? "#7bb661" : "#5b8bc4",
                    LABELS + length + 6,
                    line * LINE + 15,
                    number(value)));
            line++;
        }
        return line;
    }

    private static String number(double value) {
        if (value == 0) {
            return "0";
        }
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : "%.2f", value);
    }

    private static void table(Page page, List<PagingResult> results) {
        page.beginTable("workload", "paging", "ns", "walks", "references", "exits", "monitor's references");
        for (PagingResult r : results) {
            page.beginRow("");
            page.cell(r.workload().label());
            page.cell(PagingReport.word(r.technique()));
            page.cell(number(r.nanos()));
            page.cell(r.isCounted() ? number(r.walks()) : "-");
            page.cell(r.isCounted() ? number(r.references()) : "-");
            page.cell(r.isCounted() ? number(r.exits()) : "-");
            page.cell(r.isCounted() ? number(r.monitorReferences()) : "-");
            page.endRow();
        }
        page.endTable();
    }
}
