package io.paravert.lab.sensitive;

import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.EngineProvider;
import io.paravert.vmm.engine.EngineReport;
import io.paravert.vmm.lab.Lab;
import io.paravert.vmm.lab.LabReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Consumer;

/** {@code paravert lab sensitive}: every sensitive instruction at every privilege level on every engine present. */
public final class SensitiveLab implements Lab {
    private static final int LEVELS = 4;
    private static final int USER = 3;
    /** The engine that can stop after each instruction in every ring. */
    private static final String STEPPED = "soft";

    @Override
    public String name() {
        return "sensitive";
    }

    @Override
    public String summary() {
        return "which sensitive instructions trap at which privilege level (Popek and Goldberg), measured";
    }

    @Override
    public LabReport run(Consumer<String> progress) {
        Map<String, List<Finding>> findings = new LinkedHashMap<>();
        Optional<KernelRuns> kernel = Optional.empty();
        for (EngineProvider provider : ServiceLoader.load(EngineProvider.class)) {
            EngineReport report = provider.probe();
            if (report.usable()) {
                findings.put(report.name() + ": " + report.summary(), measure(provider, progress));
                if (report.name().equals(STEPPED)) {
                    progress.accept(report.name() + ": a kernel in rings 0, 1 and 3");
                    kernel = Optional.of(KernelRuns.measure(provider));
                }
            }
        }
        if (findings.isEmpty()) {
            throw new EngineException("no engine is usable here", "see paravert doctor");
        }
        return SensitiveReport.of(findings, kernel);
    }

    static List<Finding> measure(EngineProvider provider, Consumer<String> progress) {
        List<List<SensitiveInstruction>> byLevel = new ArrayList<>();
        for (int level = 0; level < LEVELS; level++) {
            byLevel.add(SensitiveInstructions.at(level));
        }
        List<Finding> findings = new ArrayList<>();
        try (Engine engine = provider.open();
                Trial trial = new Trial(engine)) {
            for (int i = 0; i < byLevel.get(0).size() && !Thread.currentThread().isInterrupted(); i++) {
                SensitiveInstruction first = byLevel.get(0).get(i);
                progress.accept(engine.name() + ": " + first.name());
                List<Outcome> outcomes = new ArrayList<>();
                for (int level = 0; level < LEVELS; level++) {
                    outcomes.add(trial.run(byLevel.get(level).get(i), level, false));
                }
                Outcome umip = trial.run(byLevel.get(USER).get(i), USER, true);
                findings.add(new Finding(first.name(), first.what(), List.copyOf(outcomes), umip));
            }
        }
        return findings;
    }
}
