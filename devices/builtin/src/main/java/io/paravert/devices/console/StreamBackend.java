package io.paravert.devices.console;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Java streams: a file, or the terminal of the process. Writes block the device's own thread, which is the back pressure;
 * input is read by a daemon thread that waits while the guest does not read.
 */
public final class StreamBackend implements ConsoleBackend {
    private static final int INPUT_CHUNK = 1024;

    private final OutputStream output;
    private final Optional<InputStream> input;
    private final boolean closing;
    private volatile boolean stopped;

    /** @param closing whether the output is closed with the device, rather than flushed only */
    public StreamBackend(OutputStream output, Optional<InputStream> input, boolean closing) {
        this.output = output;
        this.input = input;
        this.closing = closing;
    }

    @Override
    public Future<Void> start(Vertx vertx, ConsoleInput port) {
        input.ifPresent(stream -> {
            Thread reader = new Thread(() -> read(stream, port), "console-input");
            reader.setDaemon(true);
            reader.start();
        });
        return Future.succeededFuture();
    }

    private void read(InputStream stream, ConsoleInput port) {
        byte[] chunk = new byte[INPUT_CHUNK];
        Semaphore room = new Semaphore(0);
        try {
            int length = stream.read(chunk);
            while (length >= 0 && !stopped) {
                int given = port.offer(chunk, 0, length);
                while (given < length && !stopped) {
                    port.whenRoom(room::release);
                    room.acquire();
                    given += port.offer(chunk, given, length - given);
                }
                length = stream.read(chunk);
            }
        } catch (IOException e) {
            // The terminal is gone: there is no more input, which the guest is told below.
            stopped = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        port.setConnected(false);
    }

    @Override
    public Future<Void> write(byte[] bytes) {
        try {
            output.write(bytes);
            output.flush();
            return Future.succeededFuture();
        } catch (IOException e) {
            return Future.failedFuture(e);
        }
    }

    @Override
    public Future<Void> stop() {
        stopped = true;
        try {
            if (closing) {
                output.close();
            }
            return Future.succeededFuture();
        } catch (IOException e) {
            return Future.failedFuture(e);
        }
    }
}
