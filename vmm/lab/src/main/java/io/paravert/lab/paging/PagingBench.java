package io.paravert.lab.paging;

import io.paravert.vmm.Vm;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.engine.MachineSpec;
import io.paravert.vmm.engine.PagingTechnique;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs workloads, each in a machine of its own. */
final class PagingBench {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Vertx vertx;
    private final int rounds;
    private final Duration warm;

    /** @param rounds that count; others go before, for so long */
    PagingBench(Vertx vertx, int rounds, Duration warm) {
        this.vertx = vertx;
        this.rounds = rounds;
        this.warm = warm;
    }

    /** @throws EngineException if the engine does not have the technique */
    void probe(Engine engine, PagingTechnique technique) {
        MachineSpec spec = new MachineSpec(
                "lab-paging",
                1,
                MachineSpec.InterruptController.MONITOR,
                engine.transports().get(0),
                technique,
                List.of());
        engine.createMachine(spec).close();
    }

    /** @throws EngineException if the engine does not have the technique, or the guest did not come to its end */
    PagingResult run(Engine engine, PagingTechnique technique, Workload workload) {
        RoundMarks marks = new RoundMarks(rounds, warm.toNanos());
        PagingGuest guest = new PagingGuest(workload);
        VmConfig config = VmConfig.builder((memory, facts) -> guest.load(memory))
                .name("lab-paging")
                .memoryBytes(PagingGuest.RAM)
                .paging(technique)
                .timeout(PATIENCE)
                .device("marks", marks)
                .build();
        String outcome;
        try (Vm vm = Vm.create(config, vertx, engine)) {
            marks.vm.set(vm);
            vm.start();
            outcome = vm.ended()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds() + 10, TimeUnit.SECONDS)
                    .toString();
        } catch (ExecutionException | TimeoutException e) {
            throw new EngineException(
                    workload.label() + " on " + engine.name() + " did not end: " + e,
                    "run it again on a quieter machine");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException("interrupted", "run it again");
        }
        if (marks.rounds().size() < rounds) {
            throw new EngineException(
                    workload.label() + " on " + engine.name() + " ended early: " + outcome, "run paravert doctor");
        }
        return new PagingResult(engine.name(), technique, workload, marks.rounds());
    }
}
