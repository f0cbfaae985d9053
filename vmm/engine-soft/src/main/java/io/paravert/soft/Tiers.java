package io.paravert.soft;

import io.paravert.soft.translator.Translator;
import io.paravert.soft.vcpu.Tier;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The second tiers of new machines, as the system property {@code paravert.soft.translator} says: {@code on} (if it is not set),
 * {@code off}, or {@code eager}: translate at the second run of a block and wait for it, which finds faults and is slow. Any thread.
 */
final class Tiers {
    private static final String PROPERTY = "paravert.soft.translator";
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
        return switch (System.getProperty(PROPERTY, "on")) {
            case "off" -> Tier.NONE;
            case "eager" -> new Translator(Translator.Settings.EAGER, Runnable::run);
            default -> new Translator(Translator.Settings.USUAL, Meter.isWanted() ? Runnable::run : BACKGROUND);
        };
    }
}
