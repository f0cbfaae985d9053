package io.paravert.lab.paging;

import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineProvider;
import io.paravert.vmm.engine.EngineReport;
import io.paravert.vmm.engine.PagingTechnique;
import io.paravert.vmm.lab.Lab;
import io.paravert.vmm.lab.LabReport;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** {@code paravert lab paging}: shadow paging beside two-dimensional paging, on each engine that is there. */
public final class PagingLab implements Lab {
    private static final int ROUNDS = 7;
    private static final Duration WARM = Duration.ofMillis(700);

    private final int rounds;
    private final Duration warm;

    /** For the service loader. */
    public PagingLab() {
        this(ROUNDS, WARM);
    }

    PagingLab(int rounds, Duration warm) {
        this.rounds = rounds;
        this.warm = warm;
    }

    /**
     * What came out.
     *
     * @param notes by engine, what cannot be had there and why
     */
    record Findings(List<PagingResult> results, Map<String, String> notes) {}

    @Override
    public String name() {
        return "paging";
    }

    @Override
    public String summary() {
        return "shadow paging beside two-dimensional paging: walks, exits, memory references, time";
    }

    @Override
    public LabReport run(Consumer<String> progress) {
        return PagingReport.of(measure(progress));
    }

    @Override
    public LabReport runQuickly(Consumer<String> progress) {
        return new PagingLab(1, Duration.ZERO).run(progress);
    }

    Findings measure(Consumer<String> progress) {
        Findings findings = new Findings(new ArrayList<>(), new LinkedHashMap<>());
        Vertx vertx = Vertx.vertx();
        try {
            PagingBench bench = new PagingBench(vertx, rounds, warm);
            for (EngineProvider provider : ServiceLoader.load(EngineProvider.class)) {
                EngineReport report = provider.probe();
                if (!report.usable()) {
                    findings.notes.put(report.name(), "not usable here: " + report.cause());
                    continue;
                }
                try (Engine engine = provider.open()) {
                    measure(bench, engine, progress, findings);
                }
            }
        } finally {
            close(vertx);
        }
        if (findings.results.isEmpty()) {
            throw new EngineException("no engine is usable here: " + findings.notes, "run paravert doctor");
        }
        return findings;
    }

    private static void measure(PagingBench bench, Engine engine, Consumer<String> progress, Findings findings) {
        List<PagingTechnique> techniques = techniques(bench, engine, findings);
        for (Workload workload : Workload.values()) {
            for (PagingTechnique technique : techniques) {
                progress.accept(engine.name() + ", " + PagingReport.word(technique) + ": " + workload.label());
                try {
                    findings.results.add(bench.run(engine, technique, workload));
                } catch (EngineException e) {
                    findings.notes.merge(engine.name(), e.getMessage(), (one, other) -> one + "; " + other);
                }
            }
        }
    }

    /** Both, where they can be chosen, or what there is. */
    private static List<PagingTechnique> techniques(PagingBench bench, Engine engine, Findings findings) {
        List<PagingTechnique> found = new ArrayList<>();
        for (PagingTechnique technique : List.of(PagingTechnique.SHADOW, PagingTechnique.TWO_DIMENSIONAL)) {
            try {
                bench.probe(engine, technique);
                found.add(technique);
            } catch (EngineException e) {
                findings.notes.put(engine.name(), e.getMessage());
            }
        }
        return found.isEmpty() ? List.of(PagingTechnique.ENGINE_CHOICE) : found;
    }

    private static void close(Vertx vertx) {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Vert.x did not close", e);
        }
    }
}
