package io.paravert.cli;

import io.paravert.device.Device;
import io.paravert.guest.GuestNeed;
import io.paravert.vmm.ConsoleSink;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.VmOutcome;
import io.paravert.vmm.boot.GuestImage;
import io.paravert.vmm.devices.DeviceCatalog;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.plugins.Plugins;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Runs one guest from its name to its exit status. The calling thread waits. */
final class GuestRunner {
    private static final String LOOP_QUANTUM = "io.netty.eventLoop.maxTaskProcessingQuantumMs";
    private static final int MAX_LOOPS = 4;
    /** A limit of zero would be none. */
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final Stdio stdio;
    private final RunRequest request;

    GuestRunner(Stdio stdio, RunRequest request) {
        this.stdio = stdio;
        this.request = request;
    }

    /** @throws RuntimeException if the guest could not be run; where the record goes to standard error, it says so instead */
    int run() {
        if (request.json() == null) {
            return runGuest();
        }
        try {
            return runGuest();
        } catch (RuntimeException e) {
            int status = CommandLineRun.statusOf(e);
            write(RunRecord.failure(request.guest(), status, String.valueOf(e.getMessage())));
            if (!request.jsonOnStandardError() || request.verbose()) {
                throw e;
            }
            return status;
        }
    }

    private int runGuest() {
        if (request.dumpRegions() != null) {
            // Machines know no engine by name: what one engine alone has is asked for by the JVM's properties.
            System.setProperty("paravert.soft.dump", request.dumpRegions().toString());
        }
        KernelRequest kernel = request.kernel();
        return kernel == null ? runTarget() : runKernel(kernel);
    }

    private int runKernel(KernelRequest asked) {
        CompletableFuture<Vertx> vertx = CompletableFuture.supplyAsync(GuestRunner::vertx);
        CompletableFuture<KernelGuest> loaded = CompletableFuture.supplyAsync(() -> new KernelGuest(asked));
        try {
            // A PC kernel may use whatever a PC has.
            EngineSelection selection = EngineSelection.open(request.engine(), Set.of(GuestNeed.PAGING_32));
            try (Engine engine = selection.engine()) {
                selection.note().ifPresent(note -> stdio.err().println("paravert: " + note));
                return run(() -> join(loaded), () -> new KernelGuest(asked), engine, join(vertx));
            }
        } finally {
            join(vertx).close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private int runTarget() {
        GuestTarget target = GuestTarget.of(request.guest());
        // What takes most of the time until the guest's first line, and need not wait for one another.
        CompletableFuture<Vertx> vertx = CompletableFuture.supplyAsync(GuestRunner::vertx);
        CompletableFuture<GuestImage> program = CompletableFuture.supplyAsync(target.image());
        try {
            EngineSelection selection = EngineSelection.open(request.engine(), target.needs());
            try (Engine engine = selection.engine();
                    GuestImage image = join(program)) {
                selection.note().ifPresent(note -> stdio.err().println("paravert: " + note));
                return run(
                        () -> GuestMachine.of(target, image),
                        () -> GuestMachine.of(target, image),
                        engine,
                        join(vertx));
            }
        } finally {
            join(vertx).close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    static Vertx vertx() {
        // Before Netty's loops are first used: while there are always more tasks, a loop looks at timers and sockets
        // only so often.
        // Netty's own default is 1000; less than 100 it does not take.
        if (System.getProperty(LOOP_QUANTUM) == null) {
            System.setProperty(LOOP_QUANTUM, "100");
        }
        return Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(Math.min(MAX_LOOPS, Runtime.getRuntime().availableProcessors()))
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
    }

    /**
     * Runs a guest, and again if it asks for that and may.
     *
     * @param first makes it
     * @param again makes it once more
     */
    private int run(Supplier<GuestMachine> first, Supplier<GuestMachine> again, Engine engine, Vertx vertx) {
        ConsoleOutput output = new ConsoleOutput(stdio.out());
        RunRecord record;
        try (Plugins plugins = PluginPath.open(request.plugins());
                InteractiveConsole console = new InteractiveConsole(stdio)) {
            long began = System.nanoTime();
            record = runOnce(first.get(), plugins, console, output, engine, vertx, began);
            while (record.isReboot() && request.restarts() && !console.left()) {
                record = runOnce(again.get(), plugins, console, output, engine, vertx, began);
            }
        }
        report(record);
        return output.loss()
                .map(lost -> {
                    stdio.err().println("paravert: the guest's console cannot be written: " + lost);
                    return Status.FAILURE;
                })
                .orElse(record.status());
    }

    /** @param began when the first run did, {@link System#nanoTime}: all of them share one limit */
    private RunRecord runOnce(
            GuestMachine machine,
            Plugins plugins,
            InteractiveConsole console,
            ConsoleOutput output,
            Engine engine,
            Vertx vertx,
            long began) {
        Duration limit = request.timeout();
        if (!limit.isZero()) {
            Duration rest = limit.minusNanos(System.nanoTime() - began);
            limit = rest.compareTo(SHORTEST) < 0 ? SHORTEST : rest;
        }
        KernelMessages messages = new KernelMessages(output, this::sayThatItStays);
        ConsoleSink sink = request.kernel() == null ? output : messages;
        try (GuestMachine guest = machine;
                Vm vm = Vm.create(complete(guest, sink, plugins, limit), vertx, engine)) {
            guest.connect(vm);
            output.onLoss(vm::stop);
            PluginWatch watch = new PluginWatch(
                    vm, plugins, orders(guest.target()), line -> stdio.err().println("paravert: " + line));
            if (request.watchPlugins()) {
                watch.start();
            }
            try {
                VmOutcome outcome = awaitEnd(vm, console);
                return RunRecord.of(guest.target().name(), vm, outcome, messages.panic(), request);
            } finally {
                watch.close();
            }
        }
    }

    /** A kernel that has panicked and was not told what to do then runs on, and does nothing. */
    private void sayThatItStays() {
        stdio.err()
                .println("paravert: the guest's kernel has panicked and stays so; "
                        + (stdio.inIsTerminal() ? "Ctrl-A x leaves, and " : "")
                        + "panic=-1 on its command line would end the run");
    }

    private static VmOutcome awaitEnd(Vm vm, InteractiveConsole console) {
        Thread stopper = new Thread(vm::stop, "stop-at-exit");
        Runtime.getRuntime().addShutdownHook(stopper);
        try {
            console.attach(vm);
            vm.start();
            return vm.ended().toCompletionStage().toCompletableFuture().join();
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(stopper);
            } catch (IllegalStateException e) {
                // A signal is ending the process, and the hook has done its work.
            }
        }
    }

    private VmConfig complete(GuestMachine guest, ConsoleSink console, Plugins plugins, Duration limit) {
        GuestTarget target = guest.target();
        Map<String, Device> devices = devices(target, plugins);
        // What the machine's board takes is the board's to attach.
        devices.entrySet().removeIf(each -> guest.plug(each.getKey(), each.getValue()));
        VmConfig.Builder config = guest.configure();
        config.name(target.machineName())
                .memoryBytes(request.memoryBytes())
                .vcpus(request.vcpus() == null ? target.vcpus() : request.vcpus())
                .timeout(limit)
                .console(console);
        if (request.traceExits()) {
            config.trace(new TraceLines(stdio.err()));
        }
        devices.forEach(config::device);
        return config.build();
    }

    private List<DeviceOrder> orders(GuestTarget target) {
        List<String> asked = new ArrayList<>(target.devices());
        asked.addAll(request.devices());
        return DeviceOrder.of(asked);
    }

    private Map<String, Device> devices(GuestTarget target, Plugins plugins) {
        List<DeviceOrder> orders = orders(target);
        Map<String, Device> devices = new LinkedHashMap<>();
        if (!orders.isEmpty()) {
            DeviceCatalog catalog = plugins.catalog();
            orders.forEach(order -> devices.put(order.name(), order.create(catalog)));
        }
        return devices;
    }

    private void report(RunRecord record) {
        record.crash().ifPresent(crash -> {
            if (!request.jsonOnStandardError()) {
                stdio.err().print(crash.text());
            }
        });
        if (request.json() != null) {
            write(record.json());
        }
        if (!request.jsonOnStandardError()) {
            stdio.err().print(record.summary(stdio.colourErr()));
        }
        stdio.err().flush();
    }

    private void write(String json) {
        String file = request.json();
        if (file == null || request.jsonOnStandardError()) {
            stdio.err().println(json);
            return;
        }
        try {
            Files.writeString(Path.of(file), json + "\n");
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandException(
                    Status.FAILURE, String.format(Locale.ROOT, "the record cannot be written to %s: %s", file, e), e);
        }
    }
}
