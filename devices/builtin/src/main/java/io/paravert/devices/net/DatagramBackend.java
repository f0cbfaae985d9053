package io.paravert.devices.net;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramPacket;
import io.vertx.core.datagram.DatagramSocket;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One frame in each UDP datagram: what QEMU's {@code -netdev dgram} speaks. The link is always up. Datagrams of others than
 * the peer are dropped.
 */
final class DatagramBackend implements NetBackend {
    /** Datagrams on their way to the host at most. */
    private static final int UNDER_WAY = 256;
    /** What a datagram holds at most over IPv4, RFC 768 and RFC 791. */
    private static final int MOST = 65_507;

    private final int localPort;
    private final String host;
    private final int port;
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile @Nullable DatagramSocket socket;

    DatagramBackend(int localPort, String host, int port) {
        this.localPort = localPort;
        this.host = host;
        this.port = port;
    }

    /** Who talks to this host only need not be heard by others. */
    private String localAddress() {
        return host.equals("localhost") || host.startsWith("127.") ? "127.0.0.1" : "0.0.0.0";
    }

    @Override
    public Future<Void> start(Vertx vertx, NetInput input) {
        DatagramSocket opened = vertx.createDatagramSocket();
        return opened.listen(localPort, localAddress())
                .recover(failure -> SocketBackends.cannotOpen("listen on UDP", localAddress(), localPort, failure))
                .compose(listening -> vertx.<String>executeBlocking(
                        () -> java.net.InetAddress.getByName(host).getHostAddress()))
                .map(address -> {
                    opened.handler(packet -> received(packet, address, input));
                    socket = opened;
                    return null;
                });
    }

    private void received(DatagramPacket packet, String peer, NetInput input) {
        if (packet.sender().port() == port && peer.equals(packet.sender().hostAddress())) {
            byte[] bytes = packet.data().getBytes();
            input.deliver(bytes, 0, bytes.length);
        }
    }

    @Override
    public boolean send(byte[] bytes, int length) {
        DatagramSocket open = socket;
        if (open == null || length > MOST) {
            return false;
        }
        if (underWay.incrementAndGet() > UNDER_WAY) {
            underWay.decrementAndGet();
            return false;
        }
        open.send(Buffer.buffer(length).appendBytes(bytes, 0, length), port, host)
                .onComplete(done -> underWay.decrementAndGet());
        return true;
    }

    @Override
    public Future<Void> stop() {
        DatagramSocket open = socket;
        socket = null;
        return open == null ? Future.succeededFuture() : open.close();
    }
}
