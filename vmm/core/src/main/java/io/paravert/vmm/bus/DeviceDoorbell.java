package io.paravert.vmm.bus;

import io.paravert.vmm.engine.DoorbellEvents;
import io.paravert.vmm.engine.EngineException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * MMIO to which the guest stores so many bytes to wake a device. Connected, the engine takes the stores and no exit is seen;
 * otherwise the device's claim on the place serves them.
 */
final class DeviceDoorbell {
    private final HostedDevice device;
    private final int bytes;
    private final Runnable merged;
    /** A ring is on its way to the device: at most one is, however fast the guest stores. */
    private final AtomicBoolean rung = new AtomicBoolean();

    private long gpa;
    private @Nullable DoorbellEvents connectedTo;
    private @Nullable AutoCloseable connection;

    DeviceDoorbell(HostedDevice device, long gpa, int bytes, Runnable merged) {
        this.device = device;
        this.gpa = gpa;
        this.bytes = bytes;
        this.merged = merged;
    }

    synchronized void connect(DoorbellEvents events) {
        connectedTo = events;
        try {
            connection = events.listen(true, gpa, bytes, this::ring);
        } catch (EngineException e) {
            // The host has no descriptor left, say: then each ring is an exit.
            device.log().warn(() -> "a doorbell of " + device.name() + " rings by exits: " + e.getMessage());
        }
    }

    /** Goes with its device's claims from a range of addresses to another, if it lies there. */
    synchronized void move(long from, long length, long to) {
        if (gpa < from || gpa - from > length - bytes) {
            return;
        }
        gpa = gpa - from + to;
        DoorbellEvents events = connectedTo;
        if (events != null) {
            disconnect();
            connect(events);
        }
    }

    /** Any thread. */
    private void ring() {
        if (rung.compareAndSet(false, true)) {
            device.owner().posts().increment();
            device.tell("doorbell", () -> {
                rung.set(false);
                merged.run();
            });
        }
    }

    /** Idempotent. */
    synchronized void disconnect() {
        AutoCloseable connected = connection;
        connection = null;
        connectedTo = null;
        if (connected == null) {
            return;
        }
        try {
            connected.close();
        } catch (Exception e) {
            device.log()
                    .warn(() -> "a doorbell of " + device.name() + " did not close: " + DeviceEndpoint.inOneLine(e));
        }
    }
}
