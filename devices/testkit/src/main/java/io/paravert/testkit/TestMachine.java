package io.paravert.testkit;

import io.paravert.device.Access;
import io.paravert.device.Delivery;
import io.paravert.device.Device;
import io.paravert.device.Hypercall;
import io.paravert.device.Isolation;
import io.paravert.device.RingService;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A machine of one device: memory, its claims, its context, and nothing else. The test is the vCPU: it makes accesses and
 * calls, which reach the device as a monitor would deliver them. One test thread.
 */
public final class TestMachine implements AutoCloseable {
    /** A wait that takes longer is a failure, s. */
    private static final long PATIENCE = 20;

    private static final int MEMORY_BYTES = 1 << 20;

    private final Vertx vertx;
    private final boolean ownsVertx;
    private final TestMemory memory;
    private final TestSite site;
    private final List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    private final AtomicInteger assertions = new AtomicInteger();
    private volatile boolean pin;
    private @Nullable Context context;
    private @Nullable String deployment;

    public TestMachine() {
        this(MEMORY_BYTES);
    }

    public TestMachine(int memoryBytes) {
        this(Vertx.vertx(), true, new TestMemory(memoryBytes));
    }

    /** With a Vert.x and memory of the caller's, which stay when the machine is closed. */
    public TestMachine(Vertx vertx, TestMemory memory) {
        this(vertx, false, memory);
    }

    private TestMachine(Vertx vertx, boolean ownsVertx, TestMemory memory) {
        this.vertx = vertx;
        this.ownsVertx = ownsVertx;
        this.memory = memory;
        this.site = new TestSite(vertx, memory);
    }

    TestSite site() {
        return site;
    }

    public TestMemory memory() {
        return memory;
    }

    public Vertx vertx() {
        return vertx;
    }

    /** Attaches and starts the machine's device, on a context such as a monitor would give it. */
    public TestMachine plug(Device device) {
        return plug(device, device.isolation());
    }

    /** As {@link #plug(Device)}, with another isolation than the device asks for: a thread of its own costs its start. */
    TestMachine plug(Device device, Isolation isolation) {
        device.attach(site);
        DeploymentOptions options = new DeploymentOptions();
        if (isolation == Isolation.PRIVATE) {
            options.setThreadingModel(ThreadingModel.WORKER)
                    .setWorkerPoolName("test-device-" + System.identityHashCode(this))
                    .setWorkerPoolSize(1);
        }
        Deployable verticle = new Deployable() {
            @Override
            public Future<?> deploy(Context deviceContext) {
                context = deviceContext;
                deviceContext.exceptionHandler(uncaught::add);
                return device.start();
            }

            @Override
            public Future<?> undeploy(Context deviceContext) {
                return device.stop();
            }
        };
        deployment = await(vertx.deployVerticle(verticle, options));
        return this;
    }

    /** Stops the device. */
    public void unplug() {
        String id = deployment;
        if (id != null) {
            deployment = null;
            await(vertx.undeploy(id));
        }
    }

    @Override
    public void close() {
        unplug();
        if (ownsVertx) {
            await(vertx.close());
        }
    }

    /** An interrupt pin for the device: give it {@code machine::setPin}. */
    public void setPin(boolean level) {
        if (level && !pin) {
            assertions.incrementAndGet();
        }
        pin = level;
    }

    public boolean isPinAsserted() {
        return pin;
    }

    /** How often the pin went from low to high. */
    public int pinAssertions() {
        return assertions.get();
    }

    /** How often the device has raised one of its events. */
    public int raised(int event) {
        return site.raised(event);
    }

    /** What the device threw outside its handlers. */
    public List<Throwable> uncaught() {
        return List.copyOf(uncaught);
    }

    public long readMmio(long gpa, int size) {
        return wait(access(true, gpa, size, false, 0));
    }

    /** Returns when the monitor would let the vCPU go on: posted writes at once, others when the device has answered. */
    public void writeMmio(long gpa, int size, long value) {
        wait(access(true, gpa, size, true, value));
    }

    /** As {@link #writeMmio}, without waiting. */
    public CompletableFuture<Long> startWriteMmio(long gpa, int size, long value) {
        return access(true, gpa, size, true, value);
    }

    public long readPort(int port, int size) {
        return wait(access(false, port, size, false, 0));
    }

    public void writePort(int port, int size, long value) {
        wait(access(false, port, size, true, value));
    }

    CompletableFuture<Long> access(boolean mmio, long address, int size, boolean write, long value) {
        TestSite.Claim claim = site.claimAt(mmio, address)
                .orElseThrow(() -> new AssertionError("nothing is claimed at 0x" + Long.toHexString(address)));
        Access access = new Access(0, address - claim.first(), size, write, value);
        if (claim.delivery() == Delivery.INLINE) {
            return claim.serve(access).toCompletionStage().toCompletableFuture();
        }
        CompletableFuture<Long> answer = onContext(() -> claim.serve(access));
        return write && claim.delivery() == Delivery.POST ? CompletableFuture.completedFuture(0L) : answer;
    }

    /** A hypercall of the device's own numbers, by vCPU 0 at CPL 0. Missing arguments are 0. */
    public long call(int number, long... arguments) {
        TestSite.CallClaim claim = site.callClaim(number)
                .orElseThrow(() -> new AssertionError("no call 0x" + Integer.toHexString(number)));
        return call(claim, number, arguments);
    }

    /** A call of the ABI that names this device. */
    public long callDevice(int number, long... arguments) {
        return call(site.deviceCalls().orElseThrow(() -> new AssertionError("no device calls")), number, arguments);
    }

    /** Has the device serve a ring; fails as the device does. {@link #raised} of {@code event} counts its completion events. */
    CompletableFuture<RingService.Ring> openRing(int number, long gpa, int event) {
        RingService service = site.rings().orElseThrow(() -> new AssertionError("the device serves no rings"));
        return onContext(() -> service.open(new RingService.RingRequest(number, gpa, site.eventLine(event))));
    }

    /** Takes a ring away from the device, without waiting. */
    CompletableFuture<Void> closeRing(RingService.Ring ring) {
        return onContext(ring::close);
    }

    private long call(TestSite.CallClaim claim, int number, long... arguments) {
        return wait(startCall(claim, number, arguments));
    }

    CompletableFuture<Long> startCall(TestSite.CallClaim claim, int number, long... arguments) {
        long[] a = Arrays.copyOf(arguments, 6);
        Hypercall call = new Hypercall(0, 0, number, a[0], a[1], a[2], a[3], a[4], a[5]);
        return onContext(() -> claim.handler().handle(call));
    }

    private <T> CompletableFuture<T> onContext(Supplier<Future<T>> task) {
        Context deviceContext = context;
        if (deviceContext == null) {
            throw new IllegalStateException("no device was plugged in");
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        deviceContext.runOnContext(v -> {
            try {
                task.get().onComplete(answer::complete, answer::completeExceptionally);
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    /** Runs something on the device's context and waits for it. */
    public void runOnDevice(Runnable task) {
        wait(onContext(() -> {
            task.run();
            return Future.succeededFuture();
        }));
    }

    /** Waits until the device has done what it has on its context now. */
    public void settle() {
        runOnDevice(() -> {});
    }

    /** Waits until something is true; the device works meanwhile. */
    public void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not so within " + PATIENCE + " s: " + what);
            }
            settle();
        }
    }

    private static <T> T await(Future<T> future) {
        return wait(future.toCompletionStage().toCompletableFuture());
    }

    /** Waits for what was started without waiting. */
    public static <T> T wait(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("the device failed", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("the device did not answer within " + PATIENCE + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
