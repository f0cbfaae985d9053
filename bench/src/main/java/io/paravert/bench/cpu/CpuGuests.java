package io.paravert.bench.cpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs the programs of {@code cpu.c} under Paravert's software engine and under QEMU's TCG, by turns, and prints medians of what the
 * guest's clock said, in milliseconds. Each process runs a program several times in a row: the first time counts as cold, the rest
 * as warm. A program whose results differ between the two is an error.
 */
public final class CpuGuests {
    private static final String SOFT = "soft";
    private static final String TCG = "tcg";
    private static final long SECONDS = 600;

    /** What the guest said of one program: nanoseconds, in the order in which it ran. */
    private static final class Row {
        final List<Long> cold = new ArrayList<>();
        final List<Long> warm = new ArrayList<>();
        String check = "";
    }

    private final String guest;
    private final String launcher;
    private final Map<String, Map<String, Row>> rows = new LinkedHashMap<>();

    private CpuGuests(String guest, String launcher) {
        this.guest = guest;
        this.launcher = launcher;
    }

    /** Arguments: the guest's file, the launcher, and how many processes of either kind. */
    public static void main(String[] args) {
        if (args.length != 3) {
            System.err.println("cpu: usage: GUEST LAUNCHER PROCESSES");
            System.exit(2);
        }
        CpuGuests guests = new CpuGuests(args[0], args[1]);
        for (int i = 0; i < Integer.parseInt(args[2]); i++) {
            guests.measure(SOFT, guests.soft());
            guests.measure(TCG, guests.tcg());
        }
        guests.print();
    }

    private List<String> soft() {
        return List.of(launcher, "run", "--engine", "soft", guest);
    }

    private List<String> tcg() {
        return List.of(
                "qemu-system-x86_64",
                "-accel",
                "tcg",
                "-m",
                "64",
                "-nodefaults",
                "-display",
                "none",
                "-serial",
                "stdio",
                "-no-reboot",
                "-device",
                "isa-debug-exit,iobase=0xf4",
                "-kernel",
                guest);
    }

    private void measure(String engine, List<String> command) {
        Map<String, Row> seen = new HashMap<>();
        for (String line : output(command)) {
            String[] word = line.trim().split(" ");
            if (word.length != 3 || !word[1].matches("[0-9]+")) {
                continue;
            }
            Row row = rows.computeIfAbsent(word[0], name -> new LinkedHashMap<>())
                    .computeIfAbsent(engine, name -> new Row());
            long nanoseconds = Long.parseLong(word[1]);
            if (seen.put(word[0], row) == null) {
                row.cold.add(nanoseconds);
            } else {
                row.warm.add(nanoseconds);
            }
            row.check = word[2];
        }
        if (seen.isEmpty()) {
            throw new IllegalStateException("nothing measured by: " + String.join(" ", command));
        }
    }

    private static List<String> output(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            process.getOutputStream().close();
            List<String> lines = new ArrayList<>();
            Thread reader = new Thread(() -> process.inputReader().lines().forEach(lines::add));
            reader.start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            reader.join();
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void print() {
        System.out.printf(
                "%-12s %12s %12s %8s %12s %12s%n", "program", "soft", "tcg", "tcg/soft", "soft, cold", "tcg, cold");
        double logarithms = 0;
        int counted = 0;
        for (Map.Entry<String, Map<String, Row>> entry : rows.entrySet()) {
            Row soft = entry.getValue().get(SOFT);
            Row tcg = entry.getValue().get(TCG);
            if (soft == null || tcg == null || soft.warm.isEmpty() || tcg.warm.isEmpty()) {
                throw new IllegalStateException(entry.getKey() + " was not run often enough by both");
            }
            if (!soft.check.equals(tcg.check)) {
                throw new IllegalStateException(
                        entry.getKey() + " gives " + soft.check + " on the software engine, " + tcg.check + " on TCG");
            }
            double ratio = (double) median(tcg.warm) / median(soft.warm);
            logarithms += Math.log(ratio);
            counted++;
            System.out.printf(
                    "%-12s %12.1f %12.1f %8.2f %12.1f %12.1f%n",
                    entry.getKey(),
                    median(soft.warm) / 1e6,
                    median(tcg.warm) / 1e6,
                    ratio,
                    median(soft.cold) / 1e6,
                    median(tcg.cold) / 1e6);
        }
        System.out.printf("geometric mean of tcg/soft: %.2f%n", Math.exp(logarithms / Math.max(1, counted)));
    }

    private static long median(List<Long> values) {
        List<Long> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
