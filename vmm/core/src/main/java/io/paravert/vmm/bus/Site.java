package io.paravert.vmm.bus;

import io.paravert.device.AccessHandler;
import io.paravert.device.ClaimException;
import io.paravert.device.Delivery;
import io.paravert.device.DeviceSite;
import io.paravert.device.EventLine;
import io.paravert.device.GuestMemoryView;
import io.paravert.device.HypercallHandler;
import io.paravert.device.InlineAccessHandler;
import io.paravert.device.InlineHypercallHandler;
import io.paravert.device.RingService;
import io.paravert.vmm.exit.CallServer;
import io.paravert.vmm.exit.Claim;
import io.paravert.vmm.exit.ClaimKind;
import io.paravert.vmm.memory.MemoryRegion;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** What a device sees of its machine. Claims are collected while it attaches, and refused afterwards. */
final class Site implements DeviceSite {
    /** Events that a device can have, from 0. */
    static final int EVENTS = 64;

    private final HostedDevice device;
    private final HostedDevice.Ground ground;
    private final List<Claim> claims = new ArrayList<>();
    private final List<DeviceDoorbell> doorbells = new ArrayList<>();
    private @Nullable CallServer deviceCalls;
    private @Nullable RingService ringService;
    private @Nullable IntConsumer eventHandler;
    private @Nullable MemoryRegion mapped;
    private boolean closed;

    Site(HostedDevice device, HostedDevice.Ground ground) {
        this.device = device;
        this.ground = ground;
    }

    void close() {
        closed = true;
    }

    List<Claim> claims() {
        return List.copyOf(claims);
    }

    List<DeviceDoorbell> doorbells() {
        return List.copyOf(doorbells);
    }

    @Nullable CallServer deviceCalls() {
        return deviceCalls;
    }

    @Nullable RingService ringService() {
        return ringService;
    }

    @Nullable IntConsumer eventHandler() {
        return eventHandler;
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public int number() {
        return device.number();
    }

    @Override
    public int guestNumber() {
        return ground.guestNumber();
    }

    @Override
    public Vertx vertx() {
        return ground.vertx();
    }

    @Override
    public GuestMemoryView memory() {
        return ground.memory();
    }

    @Override
    public void claimPorts(int first, int count, InlineAccessHandler handler) {
        inline(ClaimKind.PORT, first, count, handler);
    }

    @Override
    public void claimPorts(int first, int count, Delivery delivery, AccessHandler handler) {
        overBus(ClaimKind.PORT, first, count, delivery, handler);
    }

    @Override
    public void claimMmio(long gpa, long length, InlineAccessHandler handler) {
        checkOutsideRam(gpa, length);
        inline(ClaimKind.MMIO, gpa, length, handler);
    }

    @Override
    public void claimMmio(long gpa, long length, Delivery delivery, AccessHandler handler) {
        checkOutsideRam(gpa, length);
        overBus(ClaimKind.MMIO, gpa, length, delivery, handler);
    }

    @Override
    public void claimDoorbell(long gpa, int narrowest, LongConsumer stored, Runnable merged) {
        DeviceSite.super.claimDoorbell(gpa, narrowest, stored, merged);
        for (int bytes = narrowest; bytes <= Integer.BYTES; bytes += bytes) {
            doorbells.add(new DeviceDoorbell(device, gpa, bytes, merged));
        }
    }

    @Override
    public void moveMmio(long from, long length, long to) {
        checkOutsideRam(to, length);
        ground.claims().moveMmio(device.owner(), from, length, to);
        doorbells.forEach(doorbell -> doorbell.move(from, length, to));
    }

    @Override
    public void mapMemory(long gpa, long bytes, long hostAddress, Runnable released) {
        if (closed) {
            throw new ClaimException(name() + " maps memory after it was attached");
        }
        if (ground.running()) {
            throw new ClaimException(name() + " has memory of its own: give it to the machine before it starts");
        }
        checkOutsideRam(gpa, bytes);
        MemoryRegion region = new MemoryRegion(gpa, bytes, hostAddress, true);
        try {
            ground.memory().addRegion(region, released);
        } catch (IllegalArgumentException e) {
            throw new ClaimException(name() + ": " + e.getMessage());
        }
        mapped = region;
    }

    /** Memory that the device has mapped, if it has. */
    @Nullable MemoryRegion mapped() {
        return mapped;
    }

    private void checkOutsideRam(long gpa, long length) {
        ground.memory().regions().stream()
                .filter(region -> gpa < region.end() && gpa + length > region.gpa())
                .findFirst()
                .ifPresent(region -> {
                    throw new ClaimException(name() + " claims addresses from 0x" + Long.toHexString(gpa)
                            + ", where RAM is, 0x" + Long.toHexString(region.gpa()) + "-0x"
                            + Long.toHexString(region.end() - 1) + ": such accesses would never leave the guest");
                });
    }

    private void inline(ClaimKind kind, long first, long length, InlineAccessHandler handler) {
        InlineAccessServer server = new InlineAccessServer(handler, device.owner(), ground.log());
        add(Claim.ofAccesses(kind, first, length, device.owner(), true, server, ground.vcpus()));
    }

    private void overBus(ClaimKind kind, long first, long length, Delivery delivery, AccessHandler handler) {
        requireBus(delivery);
        BusAccessServer server = new BusAccessServer(device.endpoint(), handler, kind, first, delivery);
        add(Claim.ofAccesses(kind, first, length, device.owner(), false, server, ground.vcpus()));
    }

    @Override
    public void claimHypercalls(int first, int count, InlineHypercallHandler handler) {
        add(Claim.ofCalls(first, count, device.owner(), true, device.inline(handler), ground.vcpus()));
    }

    @Override
    public void claimHypercalls(int first, int count, Delivery delivery, HypercallHandler handler) {
        requireBus(delivery);
        BusCallServer server = new BusCallServer(device.endpoint(), handler, delivery);
        add(Claim.ofCalls(first, count, device.owner(), false, server, ground.vcpus()));
    }

    private void add(Claim claim) {
        requireOpen();
        claims.add(claim);
    }

    private void requireOpen() {
        if (closed) {
            throw new ClaimException(name() + " claims after attach: claims are made in Device.attach only");
        }
    }

    private void requireBus(Delivery delivery) {
        if (delivery == Delivery.INLINE) {
            throw new ClaimException(name() + " claims INLINE with an asynchronous handler: give CALL or POST");
        }
    }

    @Override
    public void serveDeviceCalls(HypercallHandler handler) {
        setDeviceCalls(device.overBus(handler));
    }

    @Override
    public void serveDeviceCalls(InlineHypercallHandler handler) {
        setDeviceCalls(device.inline(handler));
    }

    private void setDeviceCalls(CallServer server) {
        requireOpen();
        if (deviceCalls != null) {
            throw new ClaimException(name() + " serves its device calls twice");
        }
        deviceCalls = server;
    }

    @Override
    public void serveRings(RingService service) {
        requireOpen();
        if (ringService != null) {
            throw new ClaimException(name() + " serves rings twice");
        }
        ringService = service;
    }

    @Override
    public EventLine eventLine(int event) {
        if (event < 0 || event >= EVENTS) {
            throw new ClaimException(name() + " has event " + event + ": give 0 to " + (EVENTS - 1));
        }
        return device.eventLine(ground.events(), event);
    }

    @Override
    public void onEvent(IntConsumer handler) {
        requireOpen();
        eventHandler = handler;
    }
}
