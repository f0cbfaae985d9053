package io.paravert.cli;

import io.paravert.vmm.VmStatistics;
import io.paravert.vmm.VmStatistics.DeviceStatistics;
import io.paravert.vmm.VmStatistics.HypercallStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a person reads when a guest has ended. */
final class RunSummary {
    private static final double MILLI = 1e6;
    private static final double SECOND = 1e9;

    private final RunRecord record;
    private final boolean colour;

    RunSummary(RunRecord record, boolean colour) {
        this.record = record;
        this.colour = colour;
    }

    String text() {
        VmStatistics statistics = record.statistics();
        StringBuilder text = new StringBuilder();
        text.append(paint(record.status() == 0 ? "32" : "31", record.guest() + " " + record.sentence()))
                .append('\n');
        record.where().forEach(where -> line(text, "where", where));
        line(text, "engine", statistics.engine() + ", hypercalls by " + transport(statistics.transport()));
        line(
                text,
                "time",
                time(statistics.runNanos()) + " on " + count(statistics.vcpus().size(), "vCPU"));
        line(text, "exits", exits(statistics));
        if (!statistics.hypercalls().isEmpty()) {
            line(text, "hypercalls", hypercalls(statistics.hypercalls()));
        }
        for (DeviceStatistics device : statistics.devices()) {
            line(text, device.name(), device(device));
        }
        StatsText.lines(record.asked(), statistics).forEach((what, found) -> line(text, what, found));
        return text.toString();
    }

    private void line(StringBuilder text, String what, String found) {
        text.append(paint("2", String.format(Locale.ROOT, "  %-11s", what)))
                .append(found)
                .append('\n');
    }

    private String paint(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    static String transport(String name) {
        return switch (name) {
            case "PORT" -> "port I/O";
            case "VMCALL_INTERCEPTED" -> "vmcall";
            case "VMCALL_EXIT_HYPERCALL" -> "vmcall (KVM's exit hypercall)";
            default -> name;
        };
    }

    private static String time(long nanos) {
        return nanos < SECOND
                ? String.format(Locale.ROOT, "%.1f ms", nanos / MILLI)
                : String.format(Locale.ROOT, "%.2f s", nanos / SECOND);
    }

    private static String count(long number, String of) {
        return number + " " + of + (number == 1 ? "" : "s");
    }

    private static String exits(VmStatistics statistics) {
        List<String> kinds = new ArrayList<>();
        statistics.exits().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(e -> kinds.add(RunJson.word(e.getKey().name()).replace('_', '-') + " " + e.getValue()));
        String unclaimed = statistics.unclaimed() == 0 ? "" : "; " + statistics.unclaimed() + " unclaimed";
        return statistics.totalExits() + (kinds.isEmpty() ? "" : ": " + String.join(", ", kinds)) + unclaimed;
    }

    private static String hypercalls(List<HypercallStatistics> calls) {
        List<String> words = new ArrayList<>();
        calls.forEach(c -> words.add(RunJson.word(c.name()) + " " + c.count()));
        return String.join(", ", words);
    }

    private static String device(DeviceStatistics device) {
        List<String> words = new ArrayList<>();
        add(words, device.inline(), "inline");
        add(words, device.calls(), "called");
        add(words, device.posts(), "posted");
        add(words, device.failures(), "failed");
        add(words, device.throttled(), "throttled");
        device.counts().forEach((what, number) -> add(words, number, what));
        return words.isEmpty() ? "not used" : String.join(", ", words);
    }

    private static void add(List<String> words, long number, String what) {
        if (number != 0) {
            words.add(number + " " + what);
        }
    }
}
