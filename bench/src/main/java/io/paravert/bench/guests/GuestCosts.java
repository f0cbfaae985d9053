package io.paravert.bench.guests;

import io.paravert.device.Delivery;
import io.paravert.load.EchoTarget;
import io.paravert.load.LoadPlan;
import io.paravert.load.LoadReport;
import io.paravert.load.LoadTest;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineProvider;
import io.paravert.vmm.engine.EngineReport;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * What a guest costs, on each engine: one more guest in a warm JVM with nothing else to do (creation to first hypercall), and a
 * crowd of which each guest makes null calls as fast as it can (boots a second, memory, throughput, the slowest's share).
 */
public final class GuestCosts {
    private static final int WARM_ROUNDS = 4;
    private static final int WARM_GUESTS = 50;
    private static final int ALONE = 200;
    private static final EchoTarget NULL_CALL = new EchoTarget(EchoTarget.Path.HYPERCALL, Delivery.INLINE);

    private GuestCosts() {}

    public static void main(String[] arguments) throws IOException {
        int guests = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1000;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
        for (EngineProvider provider : ServiceLoader.load(EngineProvider.class)) {
            EngineReport report = provider.probe();
            if (!report.usable()) {
                System.out.println(provider.name() + " is not usable here: " + report.cause());
                continue;
            }
            Vertx vertx = Vertx.vertx();
            try (Engine engine = provider.open()) {
                measure(engine, vertx, guests, Duration.ofSeconds(seconds));
            } finally {
                vertx.close().await();
            }
        }
    }

    private static void measure(Engine engine, Vertx vertx, int guests, Duration duration) throws IOException {
        for (int i = 0; i < WARM_ROUNDS; i++) {
            run(engine, vertx, LoadPlan.flatOut(WARM_GUESTS, Duration.ofMillis(300)));
        }
        // So slow a rate that guests sleep: each new one finds an idle host.
        LoadPlan idle = LoadPlan.atRate(ALONE, 0.1, Duration.ofMillis(100)).withRamp(Duration.ofSeconds(4));
        System.out.println("== " + engine.name() + ": one more guest");
        System.out.print(run(engine, vertx, idle).describe());
        System.out.println("== " + engine.name() + ": a crowd");
        System.out.print(run(engine, vertx, LoadPlan.flatOut(guests, duration)).describe());
        System.out.println("process     " + peak() + " at its peak");
    }

    private static LoadReport run(Engine engine, Vertx vertx, LoadPlan plan) {
        return new LoadTest(plan, NULL_CALL).run(engine, vertx);
    }

    private static String peak() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            List<String> peak = lines.filter(line -> line.startsWith("VmHWM:")).toList();
            return peak.isEmpty() ? "unknown" : peak.get(0).replaceAll("\\s+", " ");
        }
    }
}
