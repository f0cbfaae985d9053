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
            <html lang="en"><head><meta charset="utf-8"><title>Paravert lab: one device, every path</title>
            <style>
            body{font:17px/1.5 system-ui,sans-serif;margin:2em auto;max-width:72em;padding:0 1em;color:#1b2430;background:#fff}
            h1{font-size:2em;margin:0}h2{margin-top:2em;border-bottom:2px solid #d5dde6}h3{margin:1.2em 0 .3em}
            .pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(20em,1fr));gap:1em 2em}
            .pictures h3{margin:0 0 .2em}.pictures p{margin:.3em 0 1em;font-size:.92em}
            .row{display:grid;grid-template-columns:repeat(auto-fit,minmax(30em,1fr));gap:1.5em}
            .lead{display:flex;flex-wrap:wrap;gap:1em;margin:1.5em 0}
            .lead div{flex:1 1 14em;background:#f7f9fb;border-left:5px solid #2a7f62;padding:.6em 1em}
            .lead b{display:block;font-size:1.9em;line-height:1.2}
            svg{width:100%;height:auto;background:#f7f9fb;border:1px solid #d5dde6;border-radius:6px}
            svg text{font:13px system-ui,sans-serif;fill:#1b2430}
            table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:15px;margin:1em 0}
            th,td{padding:.25em .6em;text-align:right;border-bottom:1px solid #e4e9ef}th:first-child,td:first-child{text-align:left}
            details summary{cursor:pointer;color:#2f6fb2}.key span{display:inline-block;width:1.6em;height:.9em;margin:0 .4em 0 1.2em}
            .note{margin:0 0 .4em;font-size:.85em;color:#5b6f8a}pre{font-size:15px}
            .trap{fill:#c2413b}.kick{fill:#e9a8a4}.host{fill:#e09f3e}
            </style></head><body>
            """;

    private static final String STORY = """
            <p>A guest uses one device in many ways. The device, its memory and its request logic are the same every time; only the
            way from the guest's driver to it differs. Whatever touches a port or a device's registers <b>traps</b>: the processor
            leaves the guest, the monitor finds out why, and the guest stands still meanwhile. What is written to memory that both
            share does not trap. So look at the exits of an operation first, and at its time next: one explains the other.</p>
            <p><b>What traps?</b> An <i>exit</i> brings the guest to a halt and the monitor, a Java program, to work. A <i>kick</i> is a
            store by which the driver wakes a sleeping device; where the kernel takes it (ioeventfd) it traps too, but briefly, and the
            monitor sees nothing of it. <b>Who runs?</b> With ports, MMIO and calls, one side at a time: the vCPU waits for the device's
            thread. With virtio and rings, both at once on two cores, which is why more operations under way (x32) help there and
            nowhere else. <b>Who copies?</b> The disk is in the monitor's memory here, so the device copies each block once, between the
            disk and the guest's buffer; the network takes each message out of the guest's memory once. No path adds a copy. Host CPU
            counts everything that the process burns, the guest and its polling included.</p>
            """;

    private IoPage() {}

    /** @param conditions of the machine, one line */
    static String of(List<IoResult> results, String conditions) {
        StringBuilder page = new StringBuilder(HEAD);
        page.append("<h1>One device, every path</h1>")
                .append(lead(results))
                .append("<p class=note>")
                .append(conditions)
                .append("</p>")
                .append(STORY);
        page.append(
                "<h2>One operation on each path</h2><p class=key>Time runs down.<span style='background:#c2413b'></span>"
                        + "a trap: the guest stands still<span style='background:#2a7f62'></span>memory that both share, or within the"
                        + " monitor</p><div class=pictures>");
        for (IoPath path : IoPath.values()) {
            page.append("<div><h3>").append(path.label()).append("</h3>");
            page.append(IoSequence.of(path));
            page.append("<p>").append(path.story()).append("</p></div>");
        }
        page.append("</div>");
        groups(results).forEach((title, group) -> section(page, title, group));
        String contrast = IoText.contrast(results);
        if (!contrast.isEmpty()) {
            page.append("<h2>The contrast</h2><pre>").append(contrast).append("</pre>");
        }
        return page.append("</body></html>\n").toString();
    }

    /** The contrast in three figures, of the first engine's disk. */
    private static String lead(List<IoResult> results) {
        return results.stream()
                .filter(r -> r.io().path() == IoPath.RING_POLLING && r.io().depth() > 1)
                .findFirst()
                .flatMap(ring -> IoText.portOf(results, ring).map(port -> lead(ring, port)))
                .orElse("");
    }

    private static String lead(IoResult ring, IoResult port) {
        return String.format(
                Locale.ROOT,
                "<div class=lead><div><b>%.0f &rarr; %s</b>exits of an operation</div><div><b>%,.0f &rarr; %,.0f</b>operations"
                        + " per second</div><div><b>%,.0f times</b>as many</div></div><p>From port I/O, one at a time, to a polling"
                        + " ring with %d under way: %s, engine %s, driver at CPL %d.</p>",
                port.exitsPerOperation(),
                IoChart.figure(ring.exitsPerOperation()),
                port.perSecond(),
                ring.perSecond(),
                ring.perSecond() / port.perSecond(),
                ring.io().depth(),
                ring.io().workload().label(),
                ring.engine(),
                ring.io().cpl());
    }

    private static void curves(StringBuilder page, String which, List<IoResult> some) {
        if (!some.isEmpty()) {
            page.append("<h3>Latency, ")
                    .append(which)
                    .append(": the share of operations that took longer</h3>")
                    .append(IoChart.curves(some));
        }
    }

    private static Map<String, List<IoResult>> groups(List<IoResult> results) {
        Map<String, List<IoResult>> groups = new LinkedHashMap<>();
        for (IoResult r : results) {
            String title = "Engine " + r.engine() + ", " + r.io().title();
            groups.computeIfAbsent(title, t -> new ArrayList<>()).add(r);
        }
        return groups;
    }

    private static void section(StringBuilder page, String title, List<IoResult> group) {
        List<IoChart.Bar> exits = new ArrayList<>();
        List<IoChart.Bar> times = new ArrayList<>();
        for (IoResult r : group) {
            String label = r.io().path().label() + " x" + r.io().depth();
            exits.add(new IoChart.Bar(label, r.exitsPerOperation(), "trap"));
            if (r.exitsPerOperation() == 0 && r.kicksPerOperation() > 0) {
                exits.set(exits.size() - 1, new IoChart.Bar(label, r.kicksPerOperation(), "kick"));
            }
            times.add(new IoChart.Bar(label, 1e9 / r.perSecond(), "host"));
        }
        page.append("<h2>").append(title).append("</h2><div class=row>");
        page.append(
                        "<div><h3>Exits of an operation</h3><p class=note>Pale: kicks that the kernel takes. The scale is logarithmic: a"
                                + " bar a little longer stands for much more.</p>")
                .append(IoChart.bars(exits))
                .append(
                        "</div><div><h3>Time for an operation, ns</h3><p class=note>The whole time divided by the operations done. The same scale."
                                + "</p>")
                .append(IoChart.bars(times))
                .append("</div></div>");
        curves(
                page,
                "one operation at a time",
                group.stream().filter(r -> r.io().depth() == 1).toList());
        curves(
                page,
                "many under way",
                group.stream().filter(r -> r.io().depth() > 1).toList());
        page.append(
                "<details open><summary>All figures</summary><table><tr><th>path<th>depth<th>ops/s<th>&plusmn;<th>MB/s<th>exits/op"
                        + "<th>kicks/op<th>p50 us<th>p99 us<th>p99.9 us"
                        + "<th>host CPU us/op</tr>");
        for (IoResult r : group) {
            page.append(String.format(
                    Locale.ROOT,
                    "<tr><td>%s<td>%d<td>%,.0f<td>%.0f%%<td>%.1f<td>%.3f<td>%.3f<td>%.1f<td>%.1f<td>%.1f<td>%.2f</tr>",
                    r.io().path().label(),
                    r.io().depth(),
                    r.perSecond(),
                    r.spread() * 100,
                    r.bytesPerSecond() / 1e6,
                    r.exitsPerOperation(),
                    r.kicksPerOperation(),
                    r.latency(50) / 1e3,
                    r.latency(99) / 1e3,
                    r.latency(99.9) / 1e3,
                    r.cpuNanosPerOperation() / 1e3));
        }
        page.append("</table></details>");
    }
}
