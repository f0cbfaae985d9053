package io.paravert.virtio;

import io.paravert.virtio.QueueSpec.Direction;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Answers each request with its own bytes, as far as they fit; when it does so can be chosen. */
public final class EchoDevice implements VirtioDevice {
    /** Queue sizes that it offers. */
    public static final int MAXIMUM = 256;

    private final ConfigSpace config =
            new ConfigSpace(16).putLong(0, 0x1122_3344_5566_7788L).putInt(8, 7);
    private final RequestHandler handler;
    private Duration busyPoll = Duration.ZERO;
    private final List<String> configWrites = new ArrayList<>();
    private VirtioLink link;
    private int resets;

    public EchoDevice() {
        this(request -> {
            echo(request);
            return Future.succeededFuture();
        });
    }

    public EchoDevice(RequestHandler handler) {
        this.handler = handler;
    }

    /** The same, polling for a while before it asks to be notified. */
    public EchoDevice polledFor(Duration longest) {
        busyPoll = longest;
        return this;
    }

    /** Requests that wait until the test lets them go; in the order of their arrival. */
    public static final class Held implements RequestHandler {
        private final List<Request> requests = new ArrayList<>();
        private final List<Promise<Void>> promises = new ArrayList<>();

        @Override
        public synchronized Future<Void> handle(Request request) {
            Promise<Void> promise = Promise.promise();
            requests.add(request);
            promises.add(promise);
            return promise.future();
        }

        public synchronized int count() {
            return promises.size();
        }

        /** Echoes and completes one of them, on the caller's thread. */
        public void finish(int index) {
            Promise<Void> promise;
            synchronized (this) {
                echo(requests.remove(index));
                promise = promises.remove(index);
            }
            promise.complete();
        }

        public void fail(int index, Throwable failure) {
            Promise<Void> promise;
            synchronized (this) {
                requests.remove(index);
                promise = promises.remove(index);
            }
            promise.fail(failure);
        }
    }

    public static void echo(Request request) {
        int bytes =
                (int) Math.min(request.readable().length(), request.writable().length());
        byte[] copy = new byte[bytes];
        request.readable().read(0, copy, 0, bytes);
        request.writable().write(0, copy, 0, bytes);
        request.setWritten(bytes);
    }

    @Override
    public int type() {
        return 42;
    }

    @Override
    public long features() {
        return 0b101;
    }

    @Override
    public Set<VirtioFeature> ringFeatures() {
        return EnumSet.allOf(VirtioFeature.class);
    }

    @Override
    public boolean accepts(long features) {
        // Bit 2 needs bit 0.
        return (features & 0b100) == 0 || (features & 0b001) != 0;
    }

    @Override
    public List<QueueSpec> queues() {
        return List.of(QueueSpec.ofRequests(MAXIMUM, Direction.BOTH, handler).polledFor(busyPoll));
    }

    @Override
    public ConfigSpace config() {
        return config;
    }

    @Override
    public List<SharedRegion> sharedRegions() {
        return List.of(new SharedRegion(3, 0x12_3456_7000L, 0x2_0000_1000L));
    }

    @Override
    public void attached(VirtioLink newLink) {
        link = newLink;
    }

    @Override
    public void configWritten(int offset, int size, long value) {
        configWrites.add(offset + ":" + size + "=" + value);
    }

    @Override
    public Future<Void> reset() {
        resets++;
        return Future.succeededFuture();
    }

    public VirtioLink link() {
        return link;
    }

    public List<String> configWrites() {
        return configWrites;
    }

    public int resets() {
        return resets;
    }
}
