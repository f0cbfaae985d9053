package io.paravert.soft;

import io.paravert.soft.translator.RegionDump;
import io.paravert.soft.translator.Translator;
import io.paravert.soft.vcpu.Tier;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The second tiers of new machines, as the system property {@code paravert.soft.translator} says: {@code on} (if it is not set),
 * {@code off}, or {@code eager}: translate at the second run of a block and wait for it, which finds faults and is slow. Where the
 * property {@code paravert.soft.dump} names a folder, each region is written there as text. Any thread.
 */
final class Tiers {
    private static final String PROPERTY = "paravert.soft.translator";
    private static final String DUMP = "paravert.soft.dump";
    private static final Map<String, RegionDump> DUMPS = new ConcurrentHashMap<>();
    /** Regions that wait to be compiled; what is hot beyond that is refused, and asks again. */
    private static final int MOST_WAITING = 256;

    private static final Executor BACKGROUND = background();

    private Tiers() {}

    private static Executor background() {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), task -> {
                    Thread thread = new Thread(task, "paravert-translator");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    static Tier usual() {
        String folder = System.getProperty(DUMP);
        RegionDump dump = folder == null ? null : DUMPS.computeIfAbsent(folder, name -> new RegionDump(Path.of(name)));
        return switch (System.getProperty(PROPERTY, "on")) {
            case "off" -> Tier.NONE;
            case "eager" -> new Translator(Translator.Settings.EAGER, Runnable::run, dump);
            default ->
                Meter.isWanted()
                        ? new Translator(Translator.Settings.REPEATABLE, Runnable::run, dump)
                        : new Translator(Translator.Settings.USUAL, BACKGROUND, dump);
        };
    }
}
