package io.paravert.platform.device;

import io.paravert.device.AccessHandler;
import io.paravert.device.Delivery;
import io.paravert.device.DeviceSite;
import io.paravert.device.EventLine;
import io.paravert.device.GuestMemoryView;
import io.paravert.device.HypercallHandler;
import io.paravert.device.InlineAccessHandler;
import io.paravert.device.InlineHypercallHandler;
import io.paravert.device.RingService;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/** A machine that has ports and nothing else. */
final class PortSite implements DeviceSite {
    private final TreeMap<Integer, InlineAccessHandler> claims = new TreeMap<>();

    long in(int port, int size) {
        Map.Entry<Integer, InlineAccessHandler> claim = claims.floorEntry(port);
        long value = claim.getValue().read(0, port - claim.getKey(), size);
        return value & (1L << size * Byte.SIZE) - 1;
    }

    void out(int port, int size, long value) {
        Map.Entry<Integer, InlineAccessHandler> claim = claims.floorEntry(port);
        claim.getValue().write(0, port - claim.getKey(), size, value);
    }

    @Override
    public void claimPorts(int first, int count, InlineAccessHandler handler) {
        claims.put(first, handler);
    }

    @Override
    public String name() {
        return "device";
    }

    @Override
    public int number() {
        return 1;
    }

    private static UnsupportedOperationException none() {
        return new UnsupportedOperationException("there are only ports here");
    }

    @Override
    public Vertx vertx() {
        throw none();
    }

    @Override
    public GuestMemoryView memory() {
        throw none();
    }

    @Override
    public void claimPorts(int first, int count, Delivery delivery, AccessHandler handler) {
        throw none();
    }

    @Override
    public void claimMmio(long gpa, long length, InlineAccessHandler handler) {
        throw none();
    }

    @Override
    public void claimMmio(long gpa, long length, Delivery delivery, AccessHandler handler) {
        throw none();
    }

    @Override
    public void claimHypercalls(int first, int count, InlineHypercallHandler handler) {
        throw none();
    }

    @Override
    public void claimHypercalls(int first, int count, Delivery delivery, HypercallHandler handler) {
        throw none();
    }

    @Override
    public void serveDeviceCalls(HypercallHandler handler) {
        throw none();
    }

    @Override
    public void serveDeviceCalls(InlineHypercallHandler handler) {
        throw none();
    }

    @Override
    public void serveRings(RingService service) {
        throw none();
    }

    @Override
    public EventLine eventLine(int event) {
        throw none();
    }

    @Override
    public void onEvent(IntConsumer handler) {
        throw none();
    }
}
