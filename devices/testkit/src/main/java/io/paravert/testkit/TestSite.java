package io.paravert.testkit;

import io.paravert.device.Access;
import io.paravert.device.AccessHandler;
import io.paravert.device.ClaimException;
import io.paravert.device.Delivery;
import io.paravert.device.DeviceSite;
import io.paravert.device.EventLine;
import io.paravert.device.GuestMemoryView;
import io.paravert.device.Hypercall;
import io.paravert.device.HypercallHandler;
import io.paravert.device.InlineAccessHandler;
import io.paravert.device.InlineHypercallHandler;
import io.paravert.device.RingService;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** What a device sees of a {@link TestMachine}. Claims are kept in a list; overlaps are refused. */
final class TestSite implements DeviceSite {
    private static final int EVENTS = 64;

    /** A claim; {@code inline} is null when it is delivered on the device's context. */
    record Claim(
            boolean mmio,
            long first,
            long length,
            Delivery delivery,
            @Nullable InlineAccessHandler inline,
            @Nullable AccessHandler handler) {
        boolean holds(boolean inMmio, long address) {
            return mmio == inMmio && address >= first && address - first < length;
        }

        Future<Long> serve(Access access) {
            if (inline == null) {
                return handler == null ? Future.succeededFuture(-1L) : handler.handle(access);
            }
            if (access.write()) {
                inline.write(access.vcpu(), access.offset(), access.size(), access.value());
                return Future.succeededFuture(0L);
            }
            return Future.succeededFuture(inline.read(access.vcpu(), access.offset(), access.size()));
        }
    }

    /** Hypercall numbers that a device serves. */
    record CallClaim(int first, int count, Delivery delivery, HypercallHandler handler) {}

    private final Vertx vertx;
    private final GuestMemoryView memory;
    private final List<Claim> claims = new ArrayList<>();
    private final List<CallClaim> calls = new ArrayList<>();
    private final AtomicIntegerArray raised = new AtomicIntegerArray(EVENTS);
    private @Nullable CallClaim deviceCalls;
    private @Nullable RingService rings;
    private @Nullable IntConsumer events;

    TestSite(Vertx vertx, GuestMemoryView memory) {
        this.vertx = vertx;
        this.memory = memory;
    }

    Optional<Claim> claimAt(boolean mmio, long address) {
        return claims.stream().filter(claim -> claim.holds(mmio, address)).findFirst();
    }

    List<Claim> claims() {
        return List.copyOf(claims);
    }

    List<CallClaim> calls() {
        return List.copyOf(calls);
    }

    Optional<CallClaim> callClaim(int number) {
        return calls.stream()
                .filter(claim -> number >= claim.first() && number - claim.first() < claim.count())
                .findFirst();
    }

    Optional<CallClaim> deviceCalls() {
        return Optional.ofNullable(deviceCalls);
    }

    Optional<RingService> rings() {
        return Optional.ofNullable(rings);
    }

    Optional<IntConsumer> events() {
        return Optional.ofNullable(events);
    }

    int raised(int event) {
        return raised.get(event);
    }

    @Override
    public String name() {
        return "device0";
    }

    @Override
    public int number() {
        return 0;
    }

    @Override
    public Vertx vertx() {
        return vertx;
    }

    @Override
    public GuestMemoryView memory() {
        return memory;
    }

    private void claim(Claim claim) {
        for (Claim other : claims) {
            if (other.mmio() == claim.mmio()
                    && claim.first() < other.first() + other.length()
                    && other.first() < claim.first() + claim.length()) {
                throw new ClaimException("claims overlap at 0x" + Long.toHexString(claim.first()));
            }
        }
        if (claim.length() <= 0 || claim.mmio() && memory.contains(claim.first(), 1)) {
            throw new ClaimException("an empty claim, or one of RAM, at 0x" + Long.toHexString(claim.first()));
        }
        claims.add(claim);
    }

    @Override
    public void claimPorts(int first, int count, InlineAccessHandler handler) {
        claim(new Claim(false, first, count, Delivery.INLINE, handler, null));
    }

    @Override
    public void claimPorts(int first, int count, Delivery delivery, AccessHandler handler) {
        claim(new Claim(false, first, count, delivery, null, handler));
    }

    @Override
    public void moveMmio(long from, long length, long to) {
        List<Claim> before = List.copyOf(claims);
        List<Claim> moved = before.stream()
                .filter(claim -> claim.mmio() && claim.first() >= from && claim.first() - from < length)
                .toList();
        claims.removeAll(moved);
        try {
            for (Claim claim : moved) {
                long first = claim.first() - from + to;
                claim(new Claim(true, first, claim.length(), claim.delivery(), claim.inline(), claim.handler()));
            }
        } catch (ClaimException e) {
            claims.clear();
            claims.addAll(before);
            throw e;
        }
    }

    @Override
    public void claimMmio(long gpa, long length, InlineAccessHandler handler) {
        claim(new Claim(true, gpa, length, Delivery.INLINE, handler, null));
    }

    @Override
    public void claimMmio(long gpa, long length, Delivery delivery, AccessHandler handler) {
        claim(new Claim(true, gpa, length, delivery, null, handler));
    }

    private static HypercallHandler now(InlineHypercallHandler handler) {
        return (Hypercall c) -> Future.succeededFuture(
                handler.handle(c.vcpu(), c.number(), c.a0(), c.a1(), c.a2(), c.a3(), c.a4(), c.a5()));
    }

    @Override
    public void claimHypercalls(int first, int count, InlineHypercallHandler handler) {
        calls.add(new CallClaim(first, count, Delivery.INLINE, now(handler)));
    }

    @Override
    public void claimHypercalls(int first, int count, Delivery delivery, HypercallHandler handler) {
        calls.add(new CallClaim(first, count, delivery, handler));
    }

    @Override
    public void serveDeviceCalls(HypercallHandler handler) {
        deviceCalls = new CallClaim(0, 0, Delivery.CALL, handler);
    }

    @Override
    public void serveDeviceCalls(InlineHypercallHandler handler) {
        deviceCalls = new CallClaim(0, 0, Delivery.INLINE, now(handler));
    }

    @Override
    public void serveRings(RingService service) {
        rings = service;
    }

    @Override
    public EventLine eventLine(int event) {
        return new EventLine() {
            @Override
            public boolean isBound() {
                return true;
            }

            @Override
            public void raise() {
                raised.incrementAndGet(event);
            }
        };
    }

    @Override
    public void onEvent(IntConsumer handler) {
        events = handler;
    }
}
