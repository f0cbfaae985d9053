package io.paravert.load;

import io.paravert.abi.PvError;
import io.paravert.device.Access;
import io.paravert.device.AccessHandler;
import io.paravert.device.Delivery;
import io.paravert.device.Device;
import io.paravert.device.DeviceError;
import io.paravert.device.DeviceIdentity;
import io.paravert.device.DeviceSite;
import io.paravert.device.EventLine;
import io.paravert.device.GuestMemoryView;
import io.paravert.device.Hypercall;
import io.paravert.device.HypercallHandler;
import io.paravert.device.InlineAccessHandler;
import io.paravert.device.InlineHypercallHandler;
import io.paravert.device.Isolation;
import io.paravert.device.RingService;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * A device some of whose requests go wrong. What it would serve on the vCPU's thread it serves on its context, where a
 * request can be late. Rings and events pass as they are: they carry no request that could be answered.
 */
public final class FaultyDevice implements Device {
    private final Device device;
    private final Faults faults;
    /** On the device's context only. */
    private final SplittableRandom random;

    /** @param guest whose sequence of faults it has */
    public FaultyDevice(Device device, Faults faults, int guest) {
        this.device = device;
        this.faults = faults;
        this.random = faults.randomOf(guest);
    }

    @Override
    public DeviceIdentity identity() {
        return device.identity();
    }

    @Override
    public Map<String, Long> counts() {
        return device.counts();
    }

    @Override
    public Isolation isolation() {
        return device.isolation();
    }

    @Override
    public void attach(DeviceSite site) {
        device.attach(new FaultySite(site));
    }

    @Override
    public Future<Void> start() {
        return device.start();
    }

    @Override
    public Future<Void> stop() {
        return device.stop();
    }

    private Future<Long> through(Vertx vertx, Supplier<Future<Long>> request) {
        return switch (faults.choose(random)) {
            case NONE -> request.get();
            case DROPPED -> Promise.<Long>promise().future();
            case FAILED -> Future.failedFuture(new DeviceError(PvError.EIO, "a fault that was asked for"));
            case DELAYED ->
                vertx.timer(Faults.wholeMillis(faults.delay()), TimeUnit.MILLISECONDS)
                        .compose(late -> request.get());
        };
    }

    private final class FaultySite implements DeviceSite {
        private final DeviceSite site;

        FaultySite(DeviceSite site) {
            this.site = site;
        }

        private AccessHandler faultyAccess(AccessHandler handler) {
            return access -> through(site.vertx(), () -> handler.handle(access));
        }

        private AccessHandler faultyInlineAccess(InlineAccessHandler handler) {
            return faultyAccess((Access access) -> {
                if (access.write()) {
                    handler.write(access.vcpu(), access.offset(), access.size(), access.value());
                    return Future.succeededFuture(0L);
                }
                return Future.succeededFuture(handler.read(access.vcpu(), access.offset(), access.size()));
            });
        }

        private HypercallHandler faultyCall(HypercallHandler handler) {
            return call -> through(site.vertx(), () -> handler.handle(call));
        }

        private HypercallHandler faultyInlineCall(InlineHypercallHandler handler) {
            return faultyCall((Hypercall call) -> Future.succeededFuture(handler.handle(
                    call.vcpu(), call.number(), call.a0(), call.a1(), call.a2(), call.a3(), call.a4(), call.a5())));
        }

        @Override
        public String name() {
            return site.name();
        }

        @Override
        public int number() {
            return site.number();
        }

        @Override
        public Vertx vertx() {
            return site.vertx();
        }

        @Override
        public GuestMemoryView memory() {
            return site.memory();
        }

        @Override
        public void claimPorts(int first, int count, InlineAccessHandler handler) {
            site.claimPorts(first, count, Delivery.CALL, faultyInlineAccess(handler));
        }

        @Override
        public void claimPorts(int first, int count, Delivery delivery, AccessHandler handler) {
            site.claimPorts(first, count, delivery, faultyAccess(handler));
        }

        @Override
        public void claimMmio(long gpa, long length, InlineAccessHandler handler) {
            site.claimMmio(gpa, length, Delivery.CALL, faultyInlineAccess(handler));
        }

        @Override
        public void claimMmio(long gpa, long length, Delivery delivery, AccessHandler handler) {
            site.claimMmio(gpa, length, delivery, faultyAccess(handler));
        }

        @Override
        public void claimHypercalls(int first, int count, InlineHypercallHandler handler) {
            site.claimHypercalls(first, count, Delivery.CALL, faultyInlineCall(handler));
        }

        @Override
        public void claimHypercalls(int first, int count, Delivery delivery, HypercallHandler handler) {
            site.claimHypercalls(first, count, delivery, faultyCall(handler));
        }

        @Override
        public void mapMemory(long gpa, long bytes, long hostAddress, Runnable released) {
            site.mapMemory(gpa, bytes, hostAddress, released);
        }

        @Override
        public void serveDeviceCalls(HypercallHandler handler) {
            site.serveDeviceCalls(faultyCall(handler));
        }

        @Override
        public void serveDeviceCalls(InlineHypercallHandler handler) {
            site.serveDeviceCalls(faultyInlineCall(handler));
        }

        @Override
        public void serveRings(RingService service) {
            site.serveRings(service);
        }

        @Override
        public EventLine eventLine(int event) {
            return site.eventLine(event);
        }

        @Override
        public void onEvent(IntConsumer handler) {
            site.onEvent(handler);
        }
    }
}
