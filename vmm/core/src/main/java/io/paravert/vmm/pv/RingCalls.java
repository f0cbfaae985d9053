package io.paravert.vmm.pv;

import io.paravert.abi.Doorbell;
import io.paravert.abi.Gpa;
import io.paravert.abi.Hypercall;
import io.paravert.abi.Limit;
import io.paravert.abi.PvError;
import io.paravert.abi.RingHeaderLayout;
import io.paravert.device.EventLine;
import io.paravert.device.RingService.Ring;
import io.paravert.device.RingService.RingRequest;
import io.paravert.vmm.bus.DeviceEvents;
import io.paravert.vmm.bus.HostedDevice;
import io.paravert.vmm.engine.EngineException;
import io.paravert.vmm.exit.CallingVcpu;
import io.paravert.vmm.memory.GuestMemory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** RING_SETUP, RING_DOORBELL, RING_TEARDOWN: hands rings to the devices that serve them. What is in a ring is between guest and device. */
final class RingCalls {
    /** How long a device that goes away may take to close its rings, ms. */
    private static final long CLOSE_LIMIT = 1_000;

    private final PvMachine machine;
    private final DeviceEvents events;
    private final AtomicReferenceArray<ServedRing> rings = new AtomicReferenceArray<>(Limit.RINGS);

    RingCalls(PvMachine machine, DeviceEvents events) {
        this.machine = machine;
        this.events = events;
    }

    /** Its slot is taken from the moment its device is asked. */
    private static final class ServedRing {
        final HostedDevice device;
        final long gpa;
        final long bytes;
        /** A doorbell is on its way. */
        final AtomicBoolean rung = new AtomicBoolean();

        volatile @Nullable Ring ring;
        volatile boolean gone;
        /** Where the engine takes the stores to this ring's register of the doorbell page. */
        volatile @Nullable AutoCloseable doorbell;
        /** Its closing has been asked for. */
        private final AtomicBoolean closing = new AtomicBoolean();

        ServedRing(HostedDevice device, long gpa, long bytes) {
            this.device = device;
            this.gpa = gpa;
            this.bytes = bytes;
        }

        /** Closes what its device opened, once; on the device's context. */
        Future<Long> close() {
            Ring opened = ring;
            return opened == null || closing.getAndSet(true)
                    ? Future.succeededFuture(0L)
                    : opened.close().map(0L);
        }
    }

    void serve(Hypercalls calls) {
        calls.serve(Hypercall.RING_SETUP, (vcpu, number, a0, a1, a2, a3, a4, a5) -> setUp(vcpu, a0, a1));
        calls.serve(
                Hypercall.RING_DOORBELL, (vcpu, number, a0, a1, a2, a3, a4, a5) -> doorbell(a0) ? 0 : -PvError.ENOENT);
        calls.serve(Hypercall.RING_TEARDOWN, (vcpu, number, a0, a1, a2, a3, a4, a5) -> tearDown(vcpu, a0));
    }

    boolean exists(long ring) {
        return find(ring) != null;
    }

    private @Nullable ServedRing find(long ring) {
        return ring < 0 || ring >= Limit.RINGS ? null : rings.get((int) ring);
    }

    private long setUp(CallingVcpu vcpu, long deviceNumber, long gpa) {
        HostedDevice device = DeviceCalls.find(machine, deviceNumber);
        if (device == null) {
            return deviceNumber == GuestConsole.DEVICE ? -PvError.ENOTTY : -PvError.ENODEV;
        }
        if (!device.servesRings()) {
            return -PvError.ENOTTY;
        }
        if (gpa % GuestMemory.PAGE != 0) {
            return -PvError.EINVAL;
        }
        long bytes = machine.memory().getLong(gpa + RingHeaderLayout.BYTES_OFFSET);
        if (bytes < RingHeaderLayout.SIZE) {
            return -PvError.EINVAL;
        }
        machine.memory().writableHostAddress(gpa, bytes);
        ServedRing ring = new ServedRing(device, gpa, bytes);
        int number = takeSlot(ring);
        if (number < 0) {
            return number;
        }
        RingRequest request = new RingRequest(number, gpa, completions(number));
        long result = device.ask(vcpu, "ring setup", () -> open(ring, request));
        if (result < 0) {
            ring.gone = true;
            rings.compareAndSet(number, ring, null);
            if (ring.ring != null) {
                // Opened just when the guest was told that it failed.
                device.tell("ring teardown", ring::close);
            }
            return result;
        }
        listen(ring, number);
        return number;
    }

    /** Where the engine can, a store to the ring's own register wakes the device without an exit. */
    private void listen(ServedRing ring, int number) {
        machine.engineMachine().doorbellEvents().ifPresent(engine -> {
            long place = Gpa.DOORBELL + Doorbell.RING + (long) number * Integer.BYTES;
            try {
                ring.doorbell = engine.listen(true, place, Integer.BYTES, () -> doorbell(number));
            } catch (EngineException e) {
                // The host has no descriptor left, say: then each ring is an exit.
                machine.log().warn(() -> "ring " + number + " rings by exits: " + e.getMessage());
            }
        });
    }

    private void unlisten(ServedRing ring) {
        AutoCloseable doorbell = ring.doorbell;
        ring.doorbell = null;
        if (doorbell != null) {
            try {
                doorbell.close();
            } catch (Exception e) {
                machine.log().warn(() -> "a ring's doorbell did not close: " + e);
            }
        }
    }

    private synchronized int takeSlot(ServedRing ring) {
        int free = -PvError.ENOSPC;
        for (int i = Limit.RINGS - 1; i >= 0; i--) {
            ServedRing other = rings.get(i);
            if (other == null) {
                free = i;
            } else if (ring.gpa < other.gpa + other.bytes && other.gpa < ring.gpa + ring.bytes) {
                return -PvError.EBUSY;
            }
        }
        if (free >= 0) {
            rings.set(free, ring);
        }
        return free;
    }

    private static Future<Long> open(ServedRing served, RingRequest request) {
        return served.device.openRing(request).compose(ring -> {
            served.ring = ring;
            // The guest was told that it failed, because the device took too long.
            return served.gone ? served.close() : Future.succeededFuture(0L);
        });
    }

    private EventLine completions(int ring) {
        return new EventLine() {
            @Override
            public boolean isBound() {
                return events.isRingBound(ring);
            }

            @Override
            public void raise() {
                events.signalRing(ring);
            }
        };
    }

    /** Rings; false if there is no such ring. */
    boolean doorbell(long number) {
        ServedRing served = find(number);
        Ring ring = served == null ? null : served.ring;
        if (served == null || ring == null) {
            return false;
        }
        if (served.rung.compareAndSet(false, true)) {
            served.device.tell("ring doorbell", () -> {
                served.rung.set(false);
                if (!served.gone) {
                    ring.doorbell();
                }
            });
        }
        return true;
    }

    /** The device goes away; completes when it touches none of its rings any more. */
    Future<Void> closeAll(HostedDevice device) {
        List<Future<Void>> ends = new ArrayList<>();
        for (int i = 0; i < Limit.RINGS; i++) {
            ServedRing served = rings.get(i);
            if (served != null && served.device == device && rings.compareAndSet(i, served, null)) {
                served.gone = true;
                unlisten(served);
                ends.add(close(served));
            }
        }
        return Future.join(ends).mapEmpty();
    }

    private static Future<Void> close(ServedRing served) {
        Promise<Void> closed = Promise.promise();
        served.device.tell("ring close", () -> {
            Ring ring = served.ring;
            if (ring == null) {
                closed.complete();
            } else {
                ring.close().onComplete(closed);
            }
        });
        return closed.future().timeout(CLOSE_LIMIT, TimeUnit.MILLISECONDS);
    }

    private long tearDown(CallingVcpu vcpu, long number) {
        ServedRing served = find(number);
        if (served == null || served.ring == null || !rings.compareAndSet((int) number, served, null)) {
            return -PvError.ENOENT;
        }
        served.gone = true;
        unlisten(served);
        return Math.min(0, served.device.ask(vcpu, "ring teardown", served::close));
    }
}
