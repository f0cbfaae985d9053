package io.paravert.guest.junit;

import io.paravert.vmm.ConsoleSink;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.VmOutcome;
import io.paravert.vmm.crash.CrashReport;
import io.paravert.vmm.engine.Engine;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A guest under way. The test's thread, but for what the console sink is called by. */
public final class RunningGuest implements AutoCloseable {
    /** What the machine's own time limit may be late by. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Engine engine;
    private final Duration timeout;
    private final ByteArrayOutputStream console = new ByteArrayOutputStream();
    private @Nullable Vm vm;

    RunningGuest(Engine engine, Duration timeout) {
        this.engine = engine;
        this.timeout = timeout;
    }

    ConsoleSink sink() {
        return (bytes, offset, length) -> {
            synchronized (console) {
                console.write(bytes, offset, length);
                console.notifyAll();
            }
        };
    }

    void start(VmConfig config, Vertx vertx) {
        Vm made = Vm.create(config, vertx, engine);
        vm = made;
        made.start();
    }

    /** Its virtual machine. */
    public Vm vm() {
        Vm made = vm;
        if (made == null) {
            throw new IllegalStateException("the guest has not been started");
        }
        return made;
    }

    /** Types on its console. */
    public void type(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int done = 0; done < bytes.length; ) {
            int taken = vm().console().type(bytes, done, bytes.length - done);
            if (taken == 0) {
                throw new AssertionError(
                        "the guest's console takes no more input: " + (bytes.length - done) + " bytes left");
            }
            done += taken;
        }
    }

    /** Ends its input: the guest reads 0 bytes once it has read the rest. */
    public void endInput() {
        vm().console().endInput();
    }

    /** What it has printed so far. */
    public String console() {
        synchronized (console) {
            return console.toString(StandardCharsets.UTF_8);
        }
    }

    /** Waits until it has printed this text. */
    public void awaitConsole(String text) {
        long end = System.nanoTime() + timeout.plus(GRACE).toNanos();
        synchronized (console) {
            while (!console().contains(text)) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0 || vm().state().isEnd() && !console().contains(text)) {
                    throw new AssertionError(
                            "the guest never printed \"" + text + "\"; its console says:\n" + console());
                }
                waitForOutput(Math.min(left, 100));
            }
        }
    }

    private void waitForOutput(long millis) {
        try {
            console.wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the guest's console", e);
        }
    }

    /** Waits for its end. */
    public GuestRun await() {
        try {
            VmOutcome outcome = vm().ended()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(timeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
            return new GuestRun(engine.name(), outcome, console(), vm().statistics(), crashReport(outcome));
        } catch (TimeoutException e) {
            throw new AssertionError(
                    "the machine did not end within " + GRACE + " after its time limit of " + timeout
                            + "; its console says:\n" + console(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the guest", e);
        } catch (ExecutionException e) {
            throw new AssertionError("the guest's end cannot be told", e.getCause());
        }
    }

    private Optional<CrashReport> crashReport(VmOutcome outcome) {
        return outcome instanceof VmOutcome.Crashed crashed
                ? Optional.of(CrashReport.of(vm().name(), engine.name(), crashed.crash(), vm().memory()))
                : Optional.empty();
    }

    @Override
    public void close() {
        Vm made = vm;
        if (made != null) {
            made.close();
        }
    }
}
