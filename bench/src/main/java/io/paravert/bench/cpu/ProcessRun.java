package io.paravert.bench.cpu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What one process said.
 *
 * @param startNanos from its start to the guest's first line
 * @param times by program, nanoseconds of each run in order, by the guest's clock
 * @param checks by program, what it computed
 * @param firstSecond units of work done in the guest's first second; 0 if it did not say
 */
record ProcessRun(long startNanos, Map<String, List<Long>> times, Map<String, String> checks, long firstSecond) {
    private static final String FIRST_SECOND = "first-second";

    /** Runs a command to its end, or for so many seconds. */
    static ProcessRun of(List<String> command, Map<String, String> environment, long seconds) {
        return of(command, environment, seconds, ProcessBuilder.Redirect.DISCARD);
    }

    /** As {@link #of(List, Map, long)}, with what it says on its standard error put somewhere. */
    static ProcessRun of(
            List<String> command, Map<String, String> environment, long seconds, ProcessBuilder.Redirect errors) {
        long from = System.nanoTime();
        ProcessRun run = new ProcessRun(0, new LinkedHashMap<>(), new LinkedHashMap<>(), 0);
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors);
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            Thread guard = guard(process, seconds);
            try (BufferedReader reader = process.inputReader()) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    run = run.with(line.trim(), System.nanoTime() - from);
                }
            }
            process.waitFor();
            guard.interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new BenchException("interrupted");
        }
        if (run.times.isEmpty() && run.firstSecond == 0) {
            throw new BenchException("nothing measured by: " + String.join(" ", command));
        }
        return run;
    }

    private static Thread guard(Process process, long seconds) {
        Thread guard = new Thread(() -> {
            try {
                if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                // It has ended by itself.
            }
        });
        guard.setDaemon(true);
        guard.start();
        return guard;
    }

    private ProcessRun with(String line, long now) {
        String[] word = line.split(" ");
        if (line.equals("ready")) {
            return new ProcessRun(now, times, checks, firstSecond);
        }
        if (word.length == 2 && word[0].equals(FIRST_SECOND)) {
            return new ProcessRun(startNanos, times, checks, Long.parseLong(word[1]));
        }
        if (word.length == 3 && word[1].matches("[0-9]+")) {
            times.computeIfAbsent(word[0], name -> new ArrayList<>()).add(Long.parseLong(word[1]));
            String before = checks.put(word[0], word[2]);
            if (before != null && !before.equals(word[2])) {
                throw new BenchException(word[0] + " gave " + before + ", and then " + word[2]);
            }
        }
        return this;
    }

    /** The first run of a program. */
    long cold(String program) {
        return times.getOrDefault(program, List.of()).get(0);
    }

    /** The median of the later half of the runs of a program: caches and compilers have seen it. */
    long warm(String program) {
        List<Long> all = times.getOrDefault(program, List.of());
        return Spread.of(all.subList(all.size() / 2, all.size())).median();
    }
}
