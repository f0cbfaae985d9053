package io.paravert.devices.console;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/**
 * A TCP port on the loopback interface, for one client at a time. Output while nobody is there is dropped, as a terminal
 * that is switched off does; the guest is told who comes and goes.
 */
public final class SocketBackend implements ConsoleBackend {
    private final int port;
    private @Nullable NetServer server;
    private volatile @Nullable NetSocket client;

    /** @param port 0 for any that is free */
    public SocketBackend(int port) {
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("TCP port " + port + ": give 0 to 65535");
        }
        this.port = port;
    }

    /** Where it listens, once started. */
    public int port() {
        NetServer listening = server;
        return listening == null ? port : listening.actualPort();
    }

    @Override
    public Future<Void> start(Vertx vertx, ConsoleInput input) {
        input.setConnected(false);
        NetServer listening = vertx.createNetServer();
        server = listening;
        return listening
                .connectHandler(socket -> connected(socket, input))
                .listen(port, "127.0.0.1")
                .mapEmpty();
    }

    private void connected(NetSocket socket, ConsoleInput input) {
        if (client != null) {
            socket.end(Buffer.buffer("somebody is here already\n"));
            return;
        }
        client = socket;
        socket.handler(bytes -> give(socket, input, bytes.getBytes(), 0));
        socket.closeHandler(gone -> {
            client = null;
            input.setConnected(false);
        });
        input.setConnected(true);
    }

    /** What the guest does not take now stays here, and the sender waits. */
    private static void give(NetSocket socket, ConsoleInput input, byte[] bytes, int from) {
        int next = from + input.offer(bytes, from, bytes.length - from);
        if (next < bytes.length) {
            socket.pause();
            input.whenRoom(() -> give(socket, input, bytes, next));
        } else if (from > 0) {
            socket.resume();
        }
    }

    @Override
    public Future<Void> write(byte[] bytes) {
        NetSocket socket = client;
        if (socket == null) {
            return Future.succeededFuture();
        }
        return socket.write(Buffer.buffer(bytes));
    }

    @Override
    public Future<Void> stop() {
        NetServer listening = server;
        return listening == null ? Future.succeededFuture() : listening.close();
    }
}
