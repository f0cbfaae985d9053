package io.paravert.vmm.bus;

import io.paravert.abi.PvError;
import io.paravert.device.ClaimException;
import io.paravert.device.Delivery;
import io.paravert.device.Device;
import io.paravert.device.DeviceError;
import io.paravert.device.DeviceIdentity;
import io.paravert.device.EventLine;
import io.paravert.device.HypercallHandler;
import io.paravert.device.InlineHypercallHandler;
import io.paravert.device.Isolation;
import io.paravert.device.RingService;
import io.paravert.vmm.engine.DoorbellEvents;
import io.paravert.vmm.exit.CallServer;
import io.paravert.vmm.exit.CallingVcpu;
import io.paravert.vmm.exit.Claim;
import io.paravert.vmm.exit.ClaimKind;
import io.paravert.vmm.exit.ClaimOwner;
import io.paravert.vmm.exit.Claims;
import io.paravert.vmm.memory.GuestMemory;
import io.paravert.vmm.memory.MemoryRegion;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A device in its machine: its claims, its endpoint on the bus, its verticle. Life: attached by the constructor, then
 * {@link #start}, then {@link #stop}, each once.
 */
public final class HostedDevice {
    /** How long a device may take to stop before the machine goes on without it, ms. */
    private static final long STOP_LIMIT = 1_000;
    /** Of those, while others on its thread have their turn. */
    private static final int STOP_TURNS = 15;

    private final int number;
    private final String name;
    private final Device device;
    private final Vertx vertx;
    private final GuestMemory memory;
    private final RateLimitedLog log;
    private final ClaimOwner owner;
    private final DeviceEndpoint endpoint;
    private final Site site;
    private final BitSet eventsUnderWay = new BitSet();
    private volatile @Nullable Future<String> deployment;
    private volatile DeviceIdentity identity = DeviceIdentity.PLUGIN;

    /**
     * What all devices of a machine stand on.
     *
     * @param running the machine is made already: the device comes while the guest runs
     */
    public record Ground(
            String vm,
            int guestNumber,
            int vcpus,
            Vertx vertx,
            GuestMemory memory,
            DeviceEvents events,
            Duration deadline,
            RateLimitedLog log,
            Claims claims,
            boolean running) {}

    /**
     * Attaches the device; its claims are in {@link #claims} then, and not yet in force.
     *
     * @throws ClaimException if it claims what cannot be claimed
     */
    public HostedDevice(int number, String name, Device device, Ground ground) {
        this.number = number;
        this.name = name;
        this.device = device;
        this.vertx = ground.vertx();
        this.memory = ground.memory();
        this.log = ground.log();
        this.owner = new ClaimOwner(name);
        String address = "paravert." + ground.guestNumber() + "." + ground.vm() + "." + name;
        this.endpoint = new DeviceEndpoint(vertx, owner, address, ground.vcpus(), ground.deadline(), log);
        this.site = new Site(this, ground);
        device.attach(site);
        site.close();
    }

    public int number() {
        return number;
    }

    public String name() {
        return name;
    }

    public Device device() {
        return device;
    }

    /** What the guest is told of it; what it said last if it fails to say. On a vCPU's thread. */
    public DeviceIdentity identity() {
        try {
            identity = device.identity();
        } catch (Throwable t) {
            log.warn(() -> "device " + name + " failed to say what it is: " + DeviceEndpoint.inOneLine(t));
        }
        return identity;
    }

    public ClaimOwner owner() {
        return owner;
    }

    DeviceEndpoint endpoint() {
        return endpoint;
    }

    RateLimitedLog log() {
        return log;
    }

    Vertx vertx() {
        return vertx;
    }

    GuestMemory memory() {
        return memory;
    }

    /** All that it claimed. */
    public List<Claim> claims() {
        return site.claims();
    }

    /** Memory that it has put into the guest's address space, if it has. */
    public Optional<MemoryRegion> mapped() {
        return Optional.ofNullable(site.mapped());
    }

    /** The first claim of a kind, if there is one. */
    public Optional<Claim> firstClaim(ClaimKind kind) {
        return claims().stream().filter(c -> c.kind() == kind).findFirst();
    }

    /** Has the engine take the stores to this device's doorbells from now on. */
    public void connectDoorbells(DoorbellEvents events) {
        site.doorbells().forEach(doorbell -> doorbell.connect(events));
    }

    /** Takes that back; idempotent. */
    public void disconnectDoorbells() {
        site.doorbells().forEach(DeviceDoorbell::disconnect);
    }

    /** What the device has counted; a plugin that fails at that has counted nothing. */
    public Map<String, Long> counts() {
        try {
            return device.counts();
        } catch (RuntimeException | LinkageError e) {
            log.warn(() -> "device " + name + " does not tell its counts: " + DeviceEndpoint.inOneLine(e));
            return Map.of();
        }
    }

    /** Who serves the calls that name this device, if anybody does. */
    public Optional<CallServer> deviceCalls() {
        return Optional.ofNullable(site.deviceCalls());
    }

    public boolean servesRings() {
        return site.ringService() != null;
    }

    /** Deploys the verticle and starts the device on it. Any thread. */
    public Future<Void> start() {
        ExchangeCodec.registerWith(vertx);
        memory.retain();
        DeploymentOptions options = new DeploymentOptions();
        if (device.isolation() == Isolation.PRIVATE) {
            options.setThreadingModel(ThreadingModel.WORKER)
                    .setWorkerPoolName(endpoint.address())
                    .setWorkerPoolSize(1);
        }
        Future<String> deploying = vertx.deployVerticle(new DeviceVerticle(device, endpoint), options);
        deployment = deploying;
        return deploying.mapEmpty();
    }

    /**
     * Stops the device and takes its verticle away; completes in any case, after a moment also when the device hangs. What a
     * hanging device holds (its thread, its count of guest memory) is given back when it comes to its senses. Any thread.
     */
    public Future<Void> stop() {
        endpoint.close();
        Future<String> deploying = deployment;
        if (deploying == null) {
            return Future.succeededFuture();
        }
        // It may still be in its start: then it is stopped when it comes out of it.
        Future<Void> gone = deploying
                .transform(id -> id.succeeded() ? vertx.undeploy(id.result()) : Future.<Void>succeededFuture())
                .onComplete(done -> memory.release());
        return awaitStop(gone, STOP_TURNS, false);
    }

    /**
     * A limit's time counts from when the device's context has come to its stop: when a thousand machines end at once, it stands in
     * a queue until then, and hangs no more than anyone.
     *
     * @param turns how many limits it may stand there
     * @param begun whether the context had come to it before this wait
     */
    private Future<Void> awaitStop(Future<Void> gone, int turns, boolean begun) {
        return gone.timeout(STOP_LIMIT, TimeUnit.MILLISECONDS).recover(failure -> {
            boolean begins = endpoint.isStopping();
            boolean stands = begins ? !begun : endpoint.busyThread() == null;
            if (gone.isComplete()) {
                log.warn(() -> "device " + name + " failed to stop: " + DeviceEndpoint.inOneLine(failure));
            } else if (stands && turns > 1) {
                return awaitStop(gone, turns - 1, begins);
            } else {
                abandon();
            }
            return Future.succeededFuture();
        });
    }

    private void abandon() {
        Thread busy = endpoint.busyThread();
        boolean mine = device.isolation() == Isolation.PRIVATE && busy != null;
        log.warn(() -> "device " + name + " did not stop within " + STOP_LIMIT + " ms; the machine goes on without it"
                + (mine ? ", and its thread is interrupted" : ""));
        if (mine && busy != null) {
            busy.interrupt();
        }
    }

    /** Tells the device that the guest signalled one of its events; merged while one waits. Any thread. */
    public void guestSignalled(int event) {
        IntConsumer handler = site.eventHandler();
        if (handler == null || event < 0 || event >= Site.EVENTS) {
            return;
        }
        synchronized (eventsUnderWay) {
            if (eventsUnderWay.get(event)) {
                return;
            }
            eventsUnderWay.set(event);
        }
        endpoint.tell(new TaskExchange(
                "event " + event,
                () -> {
                    synchronized (eventsUnderWay) {
                        eventsUnderWay.clear(event);
                    }
                    handler.accept(event);
                    return Future.succeededFuture(0L);
                },
                false));
    }

    /** Has a task done on the device's context while a vCPU waits; see {@link DeviceEndpoint#call}. */
    public long ask(CallingVcpu vcpu, String description, Supplier<Future<Long>> task) {
        return endpoint.call(new TaskExchange(description, task, false), vcpu);
    }

    /** Has a task done on the device's context; for what the caller keeps few of. Any thread. */
    public void tell(String description, Runnable task) {
        endpoint.tell(new TaskExchange(
                description,
                () -> {
                    task.run();
                    return Future.succeededFuture(0L);
                },
                false));
    }

    /** Opens a ring on the device's context. */
    public Future<RingService.Ring> openRing(RingService.RingRequest request) {
        RingService service = site.ringService();
        return service == null
                ? Future.failedFuture(new DeviceError(PvError.ENOTTY, name + " serves no rings"))
                : service.open(request);
    }

    CallServer inline(InlineHypercallHandler handler) {
        return new InlineCallServer(handler, owner, log);
    }

    CallServer overBus(HypercallHandler handler) {
        return new BusCallServer(endpoint, handler, Delivery.CALL);
    }

    /** One event of this device. */
    EventLine eventLine(DeviceEvents events, int event) {
        return new EventLine() {
            @Override
            public boolean isBound() {
                return events.isDeviceEventBound(number, event);
            }

            @Override
            public void raise() {
                events.signalDeviceEvent(number, event);
            }
        };
    }
}
