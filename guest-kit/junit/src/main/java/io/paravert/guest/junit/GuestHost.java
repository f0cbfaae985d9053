package io.paravert.guest.junit;

import io.paravert.guest.ExampleGuest;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.GuestSource;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.boot.ImageLoader;
import io.paravert.vmm.devices.DeviceCatalog;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.EngineReport;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Where a test's guests run: one engine, with the test's time limit. Guests that still run at the end of the test are
 * stopped. The test's thread.
 */
public final class GuestHost implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Engine engine;
    private final EngineReport report;
    private final Duration timeout;
    private final Supplier<Vertx> vertx;
    private final List<RunningGuest> started = new ArrayList<>();

    GuestHost(Engine engine, EngineReport report, Duration timeout, Supplier<Vertx> vertx) {
        this.engine = engine;
        this.report = report;
        this.timeout = timeout;
        this.vertx = vertx;
    }

    /** The engine that this run of the test is for. */
    public Engine engine() {
        return engine;
    }

    /** What the engine's probe found. */
    public EngineReport report() {
        return report;
    }

    /** How long a guest may run. */
    public Duration timeout() {
        return timeout;
    }

    /** Runs a guest to its end, on 64 MiB and one vCPU. */
    public GuestRun run(GuestProgram program) {
        return run(program, config -> {});
    }

    /** Runs a guest to its end, on a machine that differs from the usual one. */
    public GuestRun run(GuestProgram program, Consumer<VmConfig.Builder> different) {
        try (RunningGuest guest = start(program, different)) {
            return guest.await();
        }
    }

    /** Starts a guest; the test talks to it, then awaits its end. */
    public RunningGuest start(GuestProgram program, Consumer<VmConfig.Builder> different) {
        return start(program, "", different);
    }

    /** As the other, with a command line for the guest. */
    public RunningGuest start(GuestProgram program, String commandLine, Consumer<VmConfig.Builder> different) {
        RunningGuest guest = new RunningGuest(engine, timeout);
        VmConfig.Builder config = VmConfig.builder(new ImageLoader(GuestImages.of(program), commandLine, List.of()))
                .name(program.name() + "-" + NUMBER.incrementAndGet())
                .timeout(timeout)
                .console(guest.sink());
        different.accept(config);
        guest.start(config.build(), vertx.get());
        started.add(guest);
        return guest;
    }

    GuestRun run(Guest guest) {
        GuestSource source = newInstance(guest.value());
        return run(source.program(), config -> {
            config.memoryBytes((long) guest.memoryMib() << 20);
            configure(config, source);
            if (guest.vcpus() > 0) {
                config.vcpus(guest.vcpus());
            }
        });
    }

    /** Gives a machine what an example wants: vCPUs and devices. */
    public static void configure(VmConfig.Builder config, GuestSource source) {
        if (source instanceof ExampleGuest example) {
            config.vcpus(example.vcpus());
            List<String> devices = example.devices();
            DeviceCatalog catalog = DeviceCatalog.ofClassPath();
            for (int i = 0; i < devices.size(); i++) {
                String type = devices.get(i).split(",", 2)[0];
                config.device(type + i, catalog.create(devices.get(i)));
            }
        }
    }

    private static GuestSource newInstance(Class<? extends GuestSource> type) {
        try {
            var constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "@Guest(" + type.getSimpleName()
                            + ".class) needs a constructor without parameters that does not throw",
                    e);
        }
    }

    /** Stops what still runs; the extension calls it after the test. */
    @Override
    public void close() {
        started.forEach(RunningGuest::close);
    }
}
