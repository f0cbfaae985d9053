package io.paravert.lab;

import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineProvider;
import io.paravert.vmm.engine.EngineReport;
import io.paravert.vmm.lab.Lab;
import io.paravert.vmm.lab.LabReport;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** {@code paravert lab io}: one disk over each of its paths, on each engine that is there. */
public final class IoLab implements Lab {
    private final List<IoCase> cases;
    private final IoTimes times;

    /** For the service loader. */
    public IoLab() {
        this(IoCase.all(), IoTimes.USUAL);
    }

    IoLab(List<IoCase> cases, IoTimes times) {
        this.cases = List.copyOf(cases);
        this.times = times;
    }

    @Override
    public String name() {
        return "io";
    }

    @Override
    public String summary() {
        return "one disk over ports, MMIO, hypercalls, virtio and shared rings: exits and time of an operation";
    }

    @Override
    public LabReport run(Consumer<String> progress) {
        String conditions = conditions();
        List<IoResult> results = measure(progress);
        return report(results, conditions);
    }

    @Override
    public LabReport runQuickly(Consumer<String> progress) {
        return new IoLab(IoCase.few(), IoTimes.QUICK).run(progress);
    }

    static LabReport report(List<IoResult> results, String conditions) {
        return new LabReport(
                IoText.of(results) + conditions + "\n",
                IoJson.of(results),
                Optional.of(IoPage.of(results, conditions)));
    }

    /** What the reader should know of the machine. */
    private static String conditions() {
        int processors = Runtime.getRuntime().availableProcessors();
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return String.format(
                Locale.ROOT,
                "%d processors, load %.1f when it began%s",
                processors,
                load,
                load > processors / 2.0 ? ": others use them, so times say little; exits are what they are" : "");
    }

    /** All cases on all engines. */
    List<IoResult> measure(Consumer<String> progress) {
        List<IoResult> results = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        Vertx vertx = Vertx.vertx();
        try {
            IoBench bench = new IoBench(vertx, times);
            for (EngineProvider provider : ServiceLoader.load(EngineProvider.class)) {
                EngineReport report = provider.probe();
                if (!report.usable()) {
                    refusals.add(report.name() + ": " + report.cause());
                    continue;
                }
                try (Engine engine = provider.open()) {
                    measure(bench, engine, progress, results);
                }
            }
        } finally {
            closed(vertx);
        }
        if (results.isEmpty()) {
            throw new EngineException(
                    "no engine is usable here: " + String.join("; ", refusals), "run paravert doctor");
        }
        return results;
    }

    private void measure(IoBench bench, Engine engine, Consumer<String> progress, List<IoResult> results) {
        int number = 0;
        for (IoCase io : cases) {
            number++;
            progress.accept(engine.name() + " " + number + "/" + cases.size() + ": "
                    + io.path().label() + ", depth " + io.depth() + ", " + io.title());
            results.add(bench.run(engine, io));
        }
    }

    private static void closed(Vertx vertx) {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("Vert.x did not close", e);
        }
    }
}
