package io.paravert.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The findings as one page with nothing outside it: charts are SVG, drawn here, and no script is needed. */
final class IoPage {
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Paravert lab: one disk, every path</title>
            <style>
            body{font:16px/1.5 system-ui,sans-serif;margin:2em auto;max-width:72em;padding:0 1em;color:#1b2430;background:#fff}
            h1{font-size:1.7em;margin:0}h2{margin-top:2em;border-bottom:2px solid #d5dde6}h3{margin:1.2em 0 .3em}
            .row{display:flex;flex-wrap:wrap;gap:1.5em}.row>*{flex:1 1 30em}
            svg{width:100%;height:auto;background:#f7f9fb;border:1px solid #d5dde6;border-radius:6px}
            svg text{font:12px system-ui,sans-serif;fill:#1b2430}
            table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:14px}
            th,td{padding:.25em .6em;text-align:right;border-bottom:1px solid #e4e9ef}th:first-child,td:first-child{text-align:left}
            .trap{fill:#c2413b}.host{fill:#e09f3e}.share{fill:#2a7f62}
            </style></head><body>
            """;

    private static final String STORY = """
            <p>A guest reads and writes 4 KiB blocks of one disk. The disk, its memory and its request logic are the same every time;
            only the way from the guest's driver to it differs. Whatever touches a port or a device's memory <b>traps</b>: the
            processor leaves the guest, the monitor finds out why, and the guest stands still meanwhile. What is written to memory
            that both share does not trap. So look at exits per operation first, and at the time of an operation next: one
            explains the other.</p>
            <p><b>Who copies?</b> The disk is in the monitor's memory here, so on every path the block is copied once, by the device,
            between the disk and the guest's buffer; no path adds a copy. <b>Who runs?</b> With ports, MMIO and calls, one side at a
            time: the vCPU waits for the device's thread. With virtio and rings, both at once on two cores, which is why more
            operations under way (depth 32) help there and nowhere else. Host CPU counts everything the process burns, the guest
            and its polling included.</p>
            """;

    private IoPage() {}

    static String of(List<IoResult> results) {
        StringBuilder page = new StringBuilder(HEAD);
        page.append("<h1>One disk, every path</h1>").append(STORY);
        page.append("<h2>One operation on each path</h2><div class=row>");
        for (IoPath path : IoPath.values()) {
            page.append("<div><h3>").append(path.label()).append("</h3>");
            page.append(IoSequence.of(path));
            page.append("<p>").append(path.story()).append("</p></div>");
        }
        page.append("</div>");
        groups(results).forEach((title, group) -> section(page, title, group));
        String contrast = IoText.contrast(results);
        if (!contrast.isEmpty()) {
            page.append("<h2>The contrast</h2><ul>");
            contrast.lines().forEach(line -> page.append("<li>").append(line).append("</li>"));
            page.append("</ul>");
        }
        return page.append("</body></html>\n").toString();
    }

    private static Map<String, List<IoResult>> groups(List<IoResult> results) {
        Map<String, List<IoResult>> groups = new LinkedHashMap<>();
        for (IoResult r : results) {
            String title = "Engine " + r.engine() + ", driver at CPL " + r.io().cpl() + ", " + r.io().workload();
            groups.computeIfAbsent(title, t -> new ArrayList<>()).add(r);
        }
        return groups;
    }

    private static void section(StringBuilder page, String title, List<IoResult> group) {
        List<IoChart.Bar> exits = new ArrayList<>();
        List<IoChart.Bar> times = new ArrayList<>();
        for (IoResult r : group) {
            String label = r.io().path().label() + " x" + r.io().depth();
            exits.add(new IoChart.Bar(label, r.exitsPerOperation()));
            times.add(new IoChart.Bar(label, 1e9 / r.perSecond()));
        }
        page.append("<h2>").append(title).append("</h2><div class=row>");
        page.append("<div><h3>Exits per operation</h3>")
                .append(IoChart.bars(exits, "trap"))
                .append("</div><div><h3>Time per operation, ns</h3>")
                .append(IoChart.bars(times, "host"))
                .append("</div></div><h3>Latency: share of operations that took longer</h3>")
                .append(IoChart.curves(group));
        page.append(
                "<table><tr><th>path<th>depth<th>ops/s<th>&plusmn;<th>MB/s<th>exits/op<th>p50 us<th>p99 us<th>p99.9 us"
                        + "<th>host CPU us/op</tr>");
        for (IoResult r : group) {
            page.append(String.format(
                    Locale.ROOT,
                    "<tr><td>%s<td>%d<td>%,.0f<td>%.0f%%<td>%.1f<td>%.3f<td>%.1f<td>%.1f<td>%.1f<td>%.2f</tr>",
                    r.io().path().label(),
                    r.io().depth(),
                    r.perSecond(),
                    r.spread() * 100,
                    r.bytesPerSecond() / 1e6,
                    r.exitsPerOperation(),
                    r.latency(50) / 1e3,
                    r.latency(99) / 1e3,
                    r.latency(99.9) / 1e3,
                    r.cpuNanosPerOperation() / 1e3));
        }
        page.append("</table>");
    }
}
