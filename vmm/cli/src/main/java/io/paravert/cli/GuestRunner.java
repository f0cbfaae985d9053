package io.paravert.cli;

import io.paravert.guest.GuestNeed;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.VmOutcome;
import io.paravert.vmm.boot.GuestImage;
import io.paravert.vmm.devices.DeviceCatalog;
import io.paravert.vmm.devices.DeviceText;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.plugins.Plugins;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Runs one guest from its name to its exit status. The calling thread waits. */
final class GuestRunner {
    private static final int MAX_LOOPS = 4;
    /** A device whose text ends so is a file that describes it: a type has no dot. */
    private static final String JSON_SUFFIX = ".json";

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
        KernelRequest kernel = request.kernel();
        return kernel == null ? runTarget() : runKernel(kernel);
    }

    private int runKernel(KernelRequest asked) {
        CompletableFuture<Vertx> vertx = CompletableFuture.supplyAsync(GuestRunner::vertx);
        CompletableFuture<KernelGuest> loaded = CompletableFuture.supplyAsync(() -> new KernelGuest(asked));
        try {
            // A PC kernel may use whatever a PC has.
            EngineSelection selection = EngineSelection.open(request.engine(), Set.of(GuestNeed.PAGING_32));
            try (Engine engine = selection.engine();
                    KernelGuest kernel = join(loaded)) {
                selection.note().ifPresent(note -> stdio.err().println("paravert: " + note));
                GuestTarget target = GuestTarget.ofKernel(asked.name());
                return runOn(target, kernel.configure(), kernel::connect, engine, join(vertx));
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
                VmConfig.Builder config = VmConfig.builder(GuestTarget.loader(image));
                return runOn(target, config, vm -> {}, engine, join(vertx));
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

    private static Vertx vertx() {
        return Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(Math.min(MAX_LOOPS, Runtime.getRuntime().availableProcessors()))
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
    }

    /** @param made is told of the machine before it starts */
    private int runOn(GuestTarget target, VmConfig.Builder config, Consumer<Vm> made, Engine engine, Vertx vertx) {
        ConsoleOutput output = new ConsoleOutput(stdio.out());
        RunRecord record;
        try (Plugins plugins = PluginPath.open(request.plugins());
                Vm vm = Vm.create(complete(config, target, output, plugins), vertx, engine)) {
            made.accept(vm);
            output.onLoss(vm::stop);
            VmOutcome outcome = awaitEnd(vm);
            record = RunRecord.of(target.name(), vm, outcome);
        }
        report(record);
        return output.loss()
                .map(lost -> {
                    stdio.err().println("paravert: the guest's console cannot be written: " + lost);
                    return Status.FAILURE;
                })
                .orElse(record.status());
    }

    private VmOutcome awaitEnd(Vm vm) {
        Thread stopper = new Thread(vm::stop, "stop-at-exit");
        Runtime.getRuntime().addShutdownHook(stopper);
        try (InteractiveConsole console = InteractiveConsole.of(stdio, vm)) {
            console.start();
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

    private VmConfig complete(VmConfig.Builder config, GuestTarget target, ConsoleOutput output, Plugins plugins) {
        config.name(target.machineName())
                .memoryBytes(request.memoryBytes())
                .vcpus(request.vcpus() == null ? target.vcpus() : request.vcpus())
                .timeout(request.timeout())
                .console(output);
        if (request.traceExits()) {
            config.trace(new TraceLines(stdio.err()));
        }
        List<String> devices = new ArrayList<>(target.devices());
        devices.addAll(request.devices());
        if (!devices.isEmpty()) {
            attach(config, devices, plugins.catalog());
        }
        return config.build();
    }

    private static void attach(VmConfig.Builder config, List<String> devices, DeviceCatalog catalog) {
        for (int i = 0; i < devices.size(); i++) {
            if (devices.get(i).endsWith(JSON_SUFFIX)) {
                config.device("device" + i, catalog.createFromJson(read(devices.get(i)), devices.get(i)));
                continue;
            }
            DeviceText text = DeviceText.parse(devices.get(i));
            config.device(text.type() + i, catalog.create(text));
        }
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandException(Status.USAGE, "device file " + file + " cannot be read: " + e, e);
        }
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
