package io.paravert.lab.sensitive;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.paravert.lab.Page;
import java.util.List;
import java.util.Locale;

/** What became of the deprivileged kernel, as text, JSON and part of the page. */
final class KernelReport {
    private static final String TITLE = "A whole kernel, deprivileged on the software engine";
    private static final String EXPLANATION =
            "The same small kernel ran in ring 0, and then in rings 1 and 3 over a monitor that emulates what traps. What it"
                    + " saw by an instruction that did not trap is beside it, where that is not what it sees in ring 0.";

    private KernelReport() {}

    static String text(KernelRuns runs) {
        StringBuilder out = new StringBuilder(TITLE).append('\n');
        out.append(row("instruction", "ring 1", "trapped", "ring 3", "trapped", "", "the kernel sees, by ring"));
        for (KernelRuns.Row row : runs.rows()) {
            out.append(row(
                    row.name(),
                    String.valueOf(row.executed1()),
                    String.valueOf(row.trapped1()),
                    String.valueOf(row.executed3()),
                    String.valueOf(row.trapped3()),
                    verdict(row),
                    row.wrong()));
        }
        return out.append(SensitiveReport.wrap(sum(runs), "")).append('\n').toString();
    }

    private static String row(String... cells) {
        return String.format(Locale.ROOT, "%-12s %6s %8s %6s %8s  %-8s  %s", (Object[]) cells)
                        .stripTrailing()
                + "\n";
    }

    private static String verdict(KernelRuns.Row row) {
        return row.isViolator() ? "VIOLATOR" : "";
    }

    private static String sum(KernelRuns runs) {
        List<KernelRuns.Row> rows = runs.rows();
        long violators = rows.stream().filter(KernelRuns.Row::isViolator).count();
        long wrong = rows.stream().filter(row -> !row.wrong().isEmpty()).count();
        return runs.ring1().instructions() + " instructions; " + rows.size() + " kinds of sensitive ones, "
                + (rows.size() - violators) + " always trapped and were emulated, " + violators
                + " did not; by " + wrong + " the kernel was told something wrong. It said \""
                + runs.ring1().said().strip() + "\" in ring 1 and \""
                + runs.ring3().said().strip() + "\" in ring 3.";
    }

    static void json(KernelRuns runs, ObjectNode node) {
        node.put("instructions", runs.ring1().instructions());
        ArrayNode list = node.putArray("rows");
        for (KernelRuns.Row row : runs.rows()) {
            ObjectNode one = list.addObject();
            one.put("name", row.name());
            one.put("executedInRing1", row.executed1());
            one.put("trappedInRing1", row.trapped1());
            one.put("executedInRing3", row.executed3());
            one.put("trappedInRing3", row.trapped3());
            one.put("violator", row.isViolator());
            one.put("wrong", row.wrong());
        }
    }

    static void html(KernelRuns runs, Page page) {
        page.heading(TITLE);
        page.paragraph(EXPLANATION);
        page.paragraph(sum(runs));
        page.beginTable("instruction", "ring 1: run", "trapped", "ring 3: run", "trapped", "", "the kernel sees");
        for (KernelRuns.Row row : runs.rows()) {
            page.beginRow(row.isViolator() ? "bad" : "");
            page.cell(row.name());
            page.cell(String.valueOf(row.executed1()));
            page.cell(String.valueOf(row.trapped1()));
            page.cell(String.valueOf(row.executed3()));
            page.cell(String.valueOf(row.trapped3()));
            page.cell(verdict(row));
            page.cell(row.wrong());
            page.endRow();
        }
        page.endTable();
    }
}
