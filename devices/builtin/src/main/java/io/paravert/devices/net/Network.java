package io.paravert.devices.net;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A switch in this process, which learns what address is behind which port. A frame goes from the sender's thread straight
 * into the receiver's queue. Any thread.
 */
public final class Network {
    /** Places for learned addresses: one more replaces one, so that no guest can fill memory with them. */
    private static final int PLACES = 1024;

    private static final ConcurrentMap<String, Network> NAMED = new ConcurrentHashMap<>();

    private final List<Port> ports = new CopyOnWriteArrayList<>();
    private final AtomicReferenceArray<@Nullable Learned> learned = new AtomicReferenceArray<>(PLACES);

    private record Learned(long mac, Port port) {}

    /** A port of this network, to be one interface's back end. */
    public NetBackend port() {
        return new Port(this);
    }

    /** A port of the network that has this name in this process; it exists as long as it has ports that are in use. */
    public static NetBackend port(String name) {
        return new NamedPort(name);
    }

    private static int place(long mac) {
        long mixed = mac * 0x9e37_79b9_7f4a_7c15L;
        return (int) (mixed >>> 54) & PLACES - 1;
    }

    private void learn(long mac, Port port) {
        if (MacAddress.isGroup(mac)) {
            return;
        }
        int place = place(mac);
        Learned known = learned.get(place);
        if (known == null || known.mac != mac || known.port != port) {
            learned.set(place, new Learned(mac, port));
        }
    }

    private boolean forward(Port from, byte[] bytes, int length) {
        learn(MacAddress.of(bytes, MacAddress.BYTES), from);
        long to = MacAddress.of(bytes, 0);
        Learned known = MacAddress.isGroup(to) ? null : learned.get(place(to));
        if (known != null && known.mac == to && known.port.isOpen()) {
            return known.port == from || known.port.deliver(bytes, length);
        }
        for (Port port : ports) {
            if (port != from) {
                // As on any Ethernet: who is too slow for a flooded frame has not got it.
                port.deliver(bytes, length);
            }
        }
        return true;
    }

    /** One interface's way into a network. */
    private static final class Port implements NetBackend {
        private final Network network;
        private volatile @Nullable NetInput input;

        Port(Network network) {
            this.network = network;
        }

        boolean isOpen() {
            return input != null;
        }

        boolean deliver(byte[] bytes, int length) {
            NetInput open = input;
            return open != null && open.deliver(bytes, 0, length);
        }

        @Override
        public Future<Void> start(Vertx vertx, NetInput frames) {
            input = frames;
            network.ports.add(this);
            return Future.succeededFuture();
        }

        @Override
        public boolean send(byte[] bytes, int length) {
            return network.forward(this, bytes, length);
        }

        @Override
        public Future<Void> stop() {
            network.ports.remove(this);
            input = null;
            return Future.succeededFuture();
        }
    }

    /** Finds its network when it is started. */
    private static final class NamedPort implements NetBackend {
        private final String name;
        private @Nullable Port port;

        NamedPort(String name) {
            this.name = name;
        }

        @Override
        public Future<Void> start(Vertx vertx, NetInput input) {
            NAMED.compute(name, (key, existing) -> {
                Network network = existing == null ? new Network() : existing;
                Port opened = new Port(network);
                opened.start(vertx, input);
                port = opened;
                return network;
            });
            return Future.succeededFuture();
        }

        @Override
        public boolean send(byte[] bytes, int length) {
            Port open = port;
            return open != null && open.send(bytes, length);
        }

        @Override
        public Future<Void> stop() {
            NAMED.computeIfPresent(name, (key, network) -> {
                Port open = port;
                if (open != null) {
                    open.stop();
                }
                return network.ports.isEmpty() ? null : network;
            });
            return Future.succeededFuture();
        }
    }
}
