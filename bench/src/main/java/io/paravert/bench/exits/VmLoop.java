package io.paravert.bench.exits;

import io.paravert.bench.exits.Cost.Instant;
import io.paravert.device.Delivery;
import io.paravert.device.Device;
import io.paravert.device.DeviceSite;
import io.paravert.device.InlineAccessHandler;
import io.paravert.vmm.GuestEntry;
import io.paravert.vmm.Vm;
import io.paravert.vmm.VmConfig;
import io.paravert.vmm.engine.Engine;
import io.paravert.vmm.engine.ExitReason;
import io.paravert.vmm.engine.HypercallTransport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** A whole virtual machine: claims, deliveries, counters, devices on Vert.x. */
final class VmLoop {
    /** A port of a device's own. */
    private static final int DEVICE_PORT = 0xe0;

    private static final int SECONDS = 30;

    private VmLoop() {}

    /** What one null hypercall costs. */
    static Cost nullCall(Engine engine, Vertx vertx, int exits) {
        return new Marks(Delivery.INLINE).run(engine, vertx, ExitGuest.callPort(), exits, false).cost;
    }

    /** What one write to a device's port costs. */
    static Cost portWrite(Engine engine, Vertx vertx, Delivery delivery, int exits) {
        return new Marks(delivery).run(engine, vertx, DEVICE_PORT, exits, false).cost;
    }

    /** How long writes to a device's port took to serve, ns, without the exit itself. */
    static Histogram serving(Engine engine, Vertx vertx, Delivery delivery, int exits) {
        return new Marks(delivery).run(engine, vertx, DEVICE_PORT, exits, true).serving;
    }

    private record Result(Cost cost, Histogram serving) {}

    /** A device that takes the time at each mark and ends the run at the second. */
    private static final class Marks implements Device, InlineAccessHandler {
        private final Delivery delivery;
        private final CompletableFuture<Instant> secondMark = new CompletableFuture<>();
        private volatile @Nullable Instant firstMark;

        Marks(Delivery delivery) {
            this.delivery = delivery;
        }

        @Override
        public void attach(DeviceSite site) {
            site.claimPorts(ExitGuest.MARK, 4, this);
            if (delivery == Delivery.INLINE) {
                site.claimPorts(DEVICE_PORT, 4, new Sink());
            } else {
                site.claimPorts(DEVICE_PORT, 4, delivery, access -> Future.succeededFuture(0L));
            }
        }

        @Override
        public long read(int vcpu, long offset, int size) {
            return -1;
        }

        @Override
        public void write(int vcpu, long offset, int size, long value) {
            Instant now = Instant.now();
            if (firstMark == null) {
                firstMark = now;
            } else {
                secondMark.complete(now);
            }
        }

        Result run(Engine engine, Vertx vertx, int port, int exits, boolean latencies) {
            VmConfig config = VmConfig.builder((memory, facts) -> {
                        ExitGuest.load(memory::putLong, port, exits);
                        return new GuestEntry(ExitGuest.state(), "exit loop");
                    })
                    .name("bench")
                    .memoryBytes(4L << 20)
                    .transport(HypercallTransport.PORT)
                    .timeout(Duration.ofSeconds(SECONDS))
                    .device("marks", this)
                    .latencies(latencies)
                    .build();
            try (Vm vm = Vm.create(config, vertx, engine)) {
                vm.start();
                vm.ended()
                        .onSuccess(outcome -> secondMark.completeExceptionally(
                                new IllegalStateException("the guest ended early: " + outcome)));
                Instant second = secondMark.get(SECONDS, TimeUnit.SECONDS);
                Instant first = Objects.requireNonNull(firstMark);
                Histogram serving = vm.latencies(0).getOrDefault(ExitReason.PORT_WRITE, new Histogram(3));
                return new Result(first.perExit(second, exits), serving);
            } catch (Exception e) {
                throw new IllegalStateException("the measurement failed: " + e, e);
            }
        }
    }

    private static final class Sink implements InlineAccessHandler {
        @Override
        public long read(int vcpu, long offset, int size) {
            return -1;
        }

        @Override
        public void write(int vcpu, long offset, int size, long value) {
            // The least that a device can do.
        }
    }
}
