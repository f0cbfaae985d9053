package io.paravert.lab;

import io.paravert.guest.CBuild;
import io.paravert.guest.GuestProgram;
import io.paravert.vmm.ConsoleSink;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.VmOutcome;
import io.paravert.vmm.boot.EntryMode;
import io.paravert.vmm.boot.GuestImage;
import io.paravert.vmm.boot.ImageLoader;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineException;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs cases, each in a machine of its own: a guest of 64 MiB with one device. */
final class IoBench {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Vertx vertx;
    private final IoTimes times;
    private final GuestImage.Piece[] pieces;
    private final long entry;

    IoBench(Vertx vertx, IoTimes times) {
        this.vertx = vertx;
        this.times = times;
        GuestProgram guest = new CBuild()
                .flags("-mgeneral-regs-only", "-O2")
                .resource(IoBench.class, "iolab.c")
                .resource(IoBench.class, "iolab.h")
                .userResource(IoBench.class, "iolab_app.c")
                .program("iolab");
        this.pieces = guest.segments().stream()
                .map(s -> new GuestImage.Piece(s.gpa(), s.bytes(), s.memoryBytes()))
                .toArray(GuestImage.Piece[]::new);
        this.entry = guest.entry();
    }

    /** @throws EngineException if the guest did not come to its end */
    IoResult run(Engine engine, IoCase io) {
        Marks marks = new Marks(engine.tscKilohertz());
        GuestImage image = GuestImage.of("iolab", List.of(pieces), entry, EntryMode.LONG);
        VmConfig.Builder builder = VmConfig.builder(new ImageLoader(image, io.commandLine(times), List.of()))
                .name("lab-io")
                .timeout(PATIENCE)
                .vcpus(io.vcpus())
                .console(ConsoleSink.discard())
                .device("marks", marks);
        io.workload().device(io.path(), io.vcpus()).ifPresent(device -> builder.device("measured", device));
        VmConfig config = builder.build();
        VmOutcome outcome;
        try (Vm vm = Vm.create(config, vertx, engine)) {
            marks.vm.set(vm);
            vm.start();
            outcome = vm.ended()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds() + 10, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new EngineException(
                    io + " on " + engine.name() + " did not end: " + e, "run it again on a quieter machine");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException("interrupted", "run it again");
        }
        if (marks.failure().isPresent() || marks.rounds().size() != times.rounds()) {
            throw new EngineException(
                    io + " on " + engine.name() + " failed: "
                            + marks.failure().map(e -> "an operation gave " + e).orElse(outcome.toString()),
                    "run paravert doctor");
        }
        return new IoResult(engine.name(), io, marks.rounds(), marks.latencies());
    }
}
