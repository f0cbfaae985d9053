package io.paravert.vmm.script;

import io.paravert.vmm.GuestEntry;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.VmOutcome;
import io.paravert.vmm.boot.EntryMode;
import io.paravert.vmm.boot.EntryState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Makes machines on a {@link ScriptedEngine} for a test and closes them after it. */
public final class VmFixture implements AfterEachCallback {
    /** Longer than anything takes that works, ms: a watchdog, not a measure. */
    public static final long PATIENCE = 20_000;

    private final Vertx vertx = Vertx.vertx(new VertxOptions()
            .setFileSystemOptions(
                    new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
    private final ScriptedEngine engine = new ScriptedEngine();
    private final List<Vm> made = new ArrayList<>();
    private final StringBuffer console = new StringBuffer();

    public Vertx vertx() {
        return vertx;
    }

    public ScriptedEngine engine() {
        return engine;
    }

    /** All that guests have written to their consoles. */
    public String console() {
        return console.toString();
    }

    /** A machine of 2 MiB that plays this on its first vCPU. */
    public VmConfig.Builder config(String name, Script script) {
        engine.play(name, 0, script);
        return VmConfig.builder((memory, facts) -> new GuestEntry(EntryState.of(EntryMode.LONG, 0x10_0000), "script"))
                .name(name)
                .memoryBytes(2 << 20)
                .console((bytes, offset, length) ->
                        console.append(new String(bytes, offset, length, StandardCharsets.UTF_8)));
    }

    public Vm create(VmConfig.Builder config) {
        Vm vm = Vm.create(config.build(), vertx, engine);
        made.add(vm);
        return vm;
    }

    public Vm start(VmConfig.Builder config) {
        Vm vm = create(config);
        get(vm.start());
        return vm;
    }

    /** Starts and waits for the end. */
    public VmOutcome run(VmConfig.Builder config) {
        Vm vm = create(config);
        get(vm.start());
        return get(vm.ended());
    }

    /** Waits for a future, with patience. */
    public static <T> T get(Future<T> future) {
        try {
            return future.await(PATIENCE, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("not complete after " + PATIENCE + " ms", e);
        }
    }

    /** Waits until something holds, with patience. */
    public static void await(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + Duration.ofMillis(PATIENCE).toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("still not after " + PATIENCE + " ms: " + what);
            }
            Thread.yield();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        for (Vm vm : made) {
            vm.close();
        }
        engine.close();
        get(vertx.close());
    }
}
