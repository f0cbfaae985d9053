package io.paravert.devices.net;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames over one TCP connection, each behind its length in four bytes, big-endian: what QEMU's {@code -netdev stream} and
 * {@code -netdev socket} speak. One side listens, for one peer at a time; the other connects, again and again until it
 * succeeds. The link is up while there is a peer. A peer that says an impossible length is hung up on.
 */
abstract class StreamBackend implements NetBackend {
    private static final Logger LOG = LoggerFactory.getLogger(StreamBackend.class);
    private static final int LENGTH = Integer.BYTES;

    private @Nullable NetInput input;
    private volatile @Nullable NetSocket peer;
    volatile boolean stopped;

    static StreamBackend listen(String host, int port) {
        return new Listening(host, port);
    }

    static StreamBackend connect(String host, int port) {
        return new Connecting(host, port);
    }

    abstract Future<Void> open(Vertx vertx);

    abstract Future<Void> close();

    /** The peer has gone. */
    void lost() {}

    @Override
    public final Future<Void> start(Vertx vertx, NetInput frames) {
        input = frames;
        frames.linkChanged(false);
        return open(vertx);
    }

    /** Takes a connection over; false if there is a peer already. */
    final boolean take(NetSocket socket) {
        NetInput frames = input;
        if (peer != null || stopped || frames == null) {
            return false;
        }
        peer = socket;
        socket.handler(new Parser(socket, frames).parser);
        socket.exceptionHandler(
                failure -> LOG.debug("network peer {}: {}", socket.remoteAddress(), failure.toString()));
        socket.closeHandler(gone -> release(socket, frames));
        frames.linkChanged(true);
        return true;
    }

    /** There is no peer any more, unless there is another already. */
    private void release(NetSocket socket, NetInput frames) {
        if (peer == socket) {
            peer = null;
            frames.linkChanged(false);
            lost();
        }
    }

    @Override
    public final boolean send(byte[] bytes, int length) {
        NetSocket socket = peer;
        if (socket == null || socket.writeQueueFull()) {
            return false;
        }
        // One buffer, one write: a length and its frame must not be parted by another thread's.
        socket.write(Buffer.buffer(LENGTH + length).appendInt(length).appendBytes(bytes, 0, length));
        return true;
    }

    @Override
    public final Future<Void> stop() {
        stopped = true;
        NetSocket socket = peer;
        Future<Void> hungUp = socket == null ? Future.succeededFuture() : socket.close();
        return hungUp.eventually(this::close);
    }

    /** Cuts what comes into frames. */
    private final class Parser {
        final RecordParser parser = RecordParser.newFixed(LENGTH);
        private final NetSocket socket;
        private final NetInput frames;
        private boolean inFrame;

        Parser(NetSocket socket, NetInput frames) {
            this.socket = socket;
            this.frames = frames;
            parser.handler(this::record);
        }

        private void record(Buffer record) {
            if (inFrame) {
                frames.deliver(record.getBytes(), 0, record.length());
                inFrame = false;
                parser.fixedSizeMode(LENGTH);
                return;
            }
            int length = record.getInt(0);
            if (!SocketBackends.isFrame(length)) {
                LOG.warn(
                        "network peer {} announces a frame of {} bytes: hung up",
                        socket.remoteAddress(),
                        Integer.toUnsignedString(length));
                socket.handler(ignored -> {});
                release(socket, frames);
                socket.close();
                return;
            }
            inFrame = true;
            parser.fixedSizeMode(length);
        }
    }

    /** Waits for the peer. */
    private static final class Listening extends StreamBackend {
        private final String host;
        private final int port;
        private @Nullable NetServer server;

        Listening(String host, int port) {
            this.host = host;
            this.port = port;
        }

        @Override
        Future<Void> open(Vertx vertx) {
            NetServer listening = vertx.createNetServer();
            server = listening;
            return listening
                    .connectHandler(socket -> {
                        if (!take(socket)) {
                            socket.close();
                        }
                    })
                    .listen(port, host)
                    .<Void>mapEmpty()
                    .recover(failure -> SocketBackends.cannotOpen("listen on TCP", host, port, failure));
        }

        @Override
        Future<Void> close() {
            NetServer listening = server;
            return listening == null ? Future.succeededFuture() : listening.close();
        }
    }

    /** Goes to the peer. */
    private static final class Connecting extends StreamBackend {
        /** Between attempts, ms. */
        private static final long PAUSE = 200;

        private final String host;
        private final int port;
        private @Nullable Vertx vertx;
        private @Nullable NetClient client;

        Connecting(String host, int port) {
            this.host = host;
            this.port = port;
        }

        @Override
        Future<Void> open(Vertx runtime) {
            vertx = runtime;
            client = runtime.createNetClient();
            attempt();
            return Future.succeededFuture();
        }

        private void attempt() {
            NetClient from = client;
            if (from == null || stopped) {
                return;
            }
            from.connect(port, host).onComplete(connected -> {
                if (connected.failed()) {
                    lost();
                } else if (!take(connected.result())) {
                    connected.result().close();
                }
            });
        }

        @Override
        void lost() {
            Vertx runtime = vertx;
            if (runtime != null && !stopped) {
                runtime.setTimer(PAUSE, due -> attempt());
            }
        }

        @Override
        Future<Void> close() {
            NetClient from = client;
            return from == null ? Future.succeededFuture() : from.close();
        }
    }
}
