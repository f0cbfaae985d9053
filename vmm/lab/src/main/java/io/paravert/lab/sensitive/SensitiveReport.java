package io.paravert.lab.sensitive;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.paravert.lab.Page;
import io.paravert.vmm.lab.LabReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The table of Popek and Goldberg as text, JSON and page. */
final class SensitiveReport {
    private static final String EXPLANATION = """
            An instruction is sensitive if it reads or changes what a monitor must keep for itself. A
            monitor that runs its guest's kernel deprivileged (ring 1 or 3) sees only what traps. "runs"
            at ring 3 is therefore a VIOLATOR: the kernel gets a wrong answer, or loses an effect, and
            nobody notices. Such instructions are why x86 needed binary translation or
            para-virtualization before its processors learnt a mode for guests.
            """;

    private static final int COLUMNS = 100;

    private SensitiveReport() {}

    static LabReport of(Map<String, List<Finding>> engines, Optional<KernelRuns> kernel) {
        return new LabReport(text(engines, kernel), json(engines, kernel), Optional.of(html(engines, kernel)));
    }

    private static String text(Map<String, List<Finding>> engines, Optional<KernelRuns> kernel) {
        StringBuilder out = new StringBuilder();
        engines.forEach((engine, findings) -> {
            out.append(wrap(engine, "  ")).append('\n');
            out.append(row("instruction", "ring 0", "1", "2", "3", "3+UMIP", "verdict", "why it is sensitive"));
            for (Finding finding : findings) {
                List<Outcome> at = finding.levels();
                out.append(row(
                        finding.name(),
                        at.get(0).text(),
                        at.get(1).text(),
                        at.get(2).text(),
                        at.get(3).text(),
                        finding.umip().text(),
                        finding.verdict().text(),
                        finding.what()));
            }
            out.append(wrap(sum(findings), "")).append('\n');
            notTried(findings).forEach(line -> out.append(wrap(line, "   ")).append('\n'));
            out.append('\n');
        });
        kernel.ifPresent(runs -> out.append(KernelReport.text(runs)).append('\n'));
        return out.append(EXPLANATION).toString();
    }

    /** One line for each reason why tries were impossible: what "?" in the table stands for. */
    private static List<String> notTried(List<Finding> findings) {
        Map<String, List<String>> reasons = new LinkedHashMap<>();
        for (Finding finding : findings) {
            for (int ring = 0; ring < finding.levels().size(); ring++) {
                Outcome outcome = finding.levels().get(ring);
                if (outcome.kind() == Outcome.Kind.NOT_RUN) {
                    reasons.computeIfAbsent(outcome.detail(), reason -> new ArrayList<>())
                            .add(finding.name() + " in ring " + ring);
                }
            }
        }
        List<String> lines = new ArrayList<>();
        reasons.forEach((reason, where) -> lines.add("?  " + reason + ": " + String.join(", ", where)));
        return lines;
    }

    /** Breaks a line at blanks so that none is over 100 columns. */
    static String wrap(String text, String indent) {
        StringBuilder out = new StringBuilder();
        int column = 0;
        for (String word : text.split(" ", -1)) {
            if (column > 0 && column + 1 + word.length() > COLUMNS) {
                out.append('\n').append(indent).append(word);
                column = indent.length() + word.length();
            } else {
                out.append(out.length() == 0 ? "" : " ").append(word);
                column += (column == 0 ? 0 : 1) + word.length();
            }
        }
        return out.toString();
    }

    private static String row(String... cells) {
        return String.format(Locale.ROOT, "%-12s %-6s %-5s %-5s %-5s %-6s  %-10s  %s%n", (Object[]) cells);
    }

    private static String sum(List<Finding> findings) {
        return count(findings, Finding.Verdict.PRIVILEGED) + " privileged, "
                + count(findings, Finding.Verdict.VIOLATOR) + " violators, "
                + closed(findings) + " of them closed by UMIP, "
                + count(findings, Finding.Verdict.UNKNOWN) + " unknown; " + gaps(findings)
                + " of the tries in rings 0 to 3 were not possible here";
    }

    private static long count(List<Finding> findings, Finding.Verdict verdict) {
        return findings.stream().filter(f -> f.verdict() == verdict).count();
    }

    private static long gaps(List<Finding> findings) {
        return findings.stream()
                .flatMap(f -> f.levels().stream())
                .filter(outcome -> outcome.kind() == Outcome.Kind.NOT_RUN)
                .count();
    }

    private static long closed(List<Finding> findings) {
        return findings.stream()
                .filter(f -> f.verdict() == Finding.Verdict.VIOLATOR && f.umip().kind() == Outcome.Kind.TRAPPED)
                .count();
    }

    private static String json(Map<String, List<Finding>> engines, Optional<KernelRuns> kernel) {
        JsonMapper mapper = new JsonMapper();
        ObjectNode root = mapper.createObjectNode();
        root.put("lab", "sensitive");
        ArrayNode list = root.putArray("engines");
        engines.forEach((engine, findings) -> {
            ObjectNode one = list.addObject();
            one.put("engine", engine.substring(0, engine.indexOf(':')));
            one.put("summary", engine.substring(engine.indexOf(':') + 2));
            ArrayNode rows = one.putArray("instructions");
            for (Finding finding : findings) {
                ObjectNode row = rows.addObject();
                row.put("name", finding.name());
                row.put("sensitive", finding.what());
                ArrayNode levels = row.putArray("rings");
                finding.levels().forEach(outcome -> levels.add(outcome.text()));
                row.put("umip", finding.umip().text());
                row.put("verdict", finding.verdict().name().toLowerCase(Locale.ROOT));
            }
        });
        kernel.ifPresent(runs -> KernelReport.json(runs, root.putObject("deprivilegedKernel")));
        return root.toPrettyString();
    }

    private static String html(Map<String, List<Finding>> engines, Optional<KernelRuns> kernel) {
        Page page = new Page("Which sensitive instructions trap?");
        page.paragraph(EXPLANATION);
        engines.forEach((engine, findings) -> {
            page.heading(engine);
            page.paragraph(sum(findings));
            notTried(findings).forEach(page::paragraph);
            page.beginTable("instruction", "ring 0", "ring 1", "ring 2", "ring 3", "ring 3, UMIP", "verdict", "why");
            for (Finding finding : findings) {
                page.beginRow(finding.verdict() == Finding.Verdict.VIOLATOR ? "bad" : "");
                page.cell(finding.name());
                finding.levels().forEach(outcome -> page.cell(outcome.text()));
                page.cell(finding.umip().text());
                page.cell(finding.verdict().text());
                page.cell(finding.what());
                page.endRow();
            }
            page.endTable();
        });
        kernel.ifPresent(runs -> KernelReport.html(runs, page));
        return page.text();
    }
}
