package io.paravert.lab.sensitive;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.paravert.lab.Page;
import io.paravert.vmm.lab.LabReport;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The table of Popek and Goldberg as text, JSON and page. */
final class SensitiveReport {
    private static final String EXPLANATION = """
            An instruction is sensitive if it reads or changes what a monitor must keep for itself. A monitor that runs its
            guest's kernel deprivileged (ring 1 or 3) sees only what traps. "runs" at ring 3 is therefore a VIOLATOR: the kernel
            gets a wrong answer, or loses an effect, and nobody notices. Such instructions are why x86 needed binary
            translation or para-virtualization before its processors learnt a mode for guests.
            """;

    private SensitiveReport() {}

    static LabReport of(Map<String, List<Finding>> engines) {
        return new LabReport(text(engines), json(engines), Optional.of(html(engines)));
    }

    private static String text(Map<String, List<Finding>> engines) {
        StringBuilder out = new StringBuilder();
        engines.forEach((engine, findings) -> {
            out.append(engine).append('\n');
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
            out.append(sum(findings)).append("\n\n");
        });
        return out.append(EXPLANATION).toString();
    }

    private static String row(String... cells) {
        return String.format(Locale.ROOT, "%-12s %-6s %-5s %-5s %-5s %-6s  %-10s  %s%n", (Object[]) cells);
    }

    private static String sum(List<Finding> findings) {
        return count(findings, Finding.Verdict.PRIVILEGED) + " privileged, "
                + count(findings, Finding.Verdict.VIOLATOR) + " violators, "
                + closed(findings) + " of them closed by UMIP, "
                + count(findings, Finding.Verdict.UNKNOWN) + " unknown";
    }

    private static long count(List<Finding> findings, Finding.Verdict verdict) {
        return findings.stream().filter(f -> f.verdict() == verdict).count();
    }

    private static long closed(List<Finding> findings) {
        return findings.stream()
                .filter(f -> f.verdict() == Finding.Verdict.VIOLATOR && f.umip().kind() == Outcome.Kind.TRAPPED)
                .count();
    }

    private static String json(Map<String, List<Finding>> engines) {
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
        return root.toPrettyString();
    }

    private static String html(Map<String, List<Finding>> engines) {
        Page page = new Page("Which sensitive instructions trap?");
        page.paragraph(EXPLANATION);
        engines.forEach((engine, findings) -> {
            page.heading(engine);
            page.paragraph(sum(findings));
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
        return page.text();
    }
}
