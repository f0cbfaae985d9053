package io.paravert.devices.console;

import io.paravert.device.GuestBuffer;
import io.paravert.virtio.BufferQueue;
import io.paravert.virtio.Request;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One port. On the device's context, but for what {@link ConsoleInput} lets other threads do. */
final class ConsolePort implements ConsoleInput {
    /** Input that waits for the guest, bytes. */
    static final int INPUT_BYTES = 64 << 10;

    private static final int SIZE_LIMIT = 0xffff;

    private final int id;
    private final String name;
    private final ConsoleBackend backend;
    private final ConsoleDevice device;
    private final InputBuffer input = new InputBuffer(INPUT_BYTES);
    private final byte[] scratch = new byte[ConsoleDevice.CHUNK];
    private @Nullable BufferQueue receiving;
    private volatile @Nullable Context context;
    private volatile boolean connected = true;
    /** What the back end still writes. */
    private Future<Void> output = Future.succeededFuture();
    /** Counts resets, so that output of before is given up. */
    private int life;

    ConsolePort(int id, ConsoleDevice.Port port, ConsoleDevice device) {
        this.id = id;
        this.name = port.name();
        this.backend = port.backend();
        this.device = device;
    }

    int id() {
        return id;
    }

    byte[] name() {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    boolean isConnected() {
        return connected;
    }

    ConsoleBackend backend() {
        return backend;
    }

    void setContext(Context deviceContext) {
        context = deviceContext;
    }

    private void onContext(Runnable task) {
        Context deviceContext = context;
        if (deviceContext != null) {
            deviceContext.runOnContext(ignored -> task.run());
        }
    }

    @Override
    public int offer(byte[] bytes, int offset, int length) {
        int taken = input.put(bytes, offset, length);
        if (taken > 0) {
            onContext(this::deliver);
        }
        return taken;
    }

    @Override
    public void whenRoom(Runnable task) {
        input.whenRoom(task);
    }

    @Override
    public void resize(int columns, int rows) {
        if (columns < 0 || columns > SIZE_LIMIT || rows < 0 || rows > SIZE_LIMIT) {
            throw new IllegalArgumentException(
                    "a terminal of " + columns + " by " + rows + ": give 0 to " + SIZE_LIMIT);
        }
        onContext(() -> device.resized(this, columns, rows));
    }

    @Override
    public void setConnected(boolean nowConnected) {
        connected = nowConnected;
        onContext(() -> device.connectionChanged(this));
    }

    /** The driver has offered buffers for input. */
    void available(BufferQueue queue) {
        receiving = queue;
        deliver();
    }

    private void deliver() {
        BufferQueue queue = receiving;
        while (queue != null && queue.isOpen() && !input.isEmpty()) {
            Request request = queue.take();
            if (request == null) {
                return;
            }
            int bytes = input.take(
                    scratch, (int) Math.min(scratch.length, request.writable().length()));
            request.writable().write(0, scratch, 0, bytes);
            request.setWritten(bytes);
            queue.complete(request);
        }
    }

    /** Output from the driver: copied piece by piece, each when the back end has taken the one before. */
    Future<Void> transmit(Request request) {
        int now = life;
        Future<Void> mine = output.transform(before -> piece(request.readable(), 0, now));
        output = mine;
        return mine;
    }

    /** A loop where the back end is prompt: a buffer may be of 4 GiB, which is a million pieces. */
    private Future<Void> piece(GuestBuffer bytes, long offset, int began) {
        long at = offset;
        while (at < bytes.length() && began == life) {
            int length = (int) Math.min(ConsoleDevice.CHUNK, bytes.length() - at);
            byte[] copy = new byte[length];
            bytes.read(at, copy, 0, length);
            Future<Void> written = write(copy);
            at += length;
            if (!written.isComplete()) {
                long next = at;
                return written.transform(done -> {
                    noteLoss(done, length);
                    return piece(bytes, next, began);
                });
            }
            noteLoss(written, length);
        }
        return Future.succeededFuture();
    }

    private Future<Void> write(byte[] bytes) {
        try {
            return backend.write(bytes);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private void noteLoss(AsyncResult<Void> written, int bytes) {
        if (written.failed()) {
            device.outputLost(this, bytes, written.cause());
        }
    }

    /** The driver is gone. Input that it has not read waits for the next one: a guest resets its devices as it boots. */
    void reset() {
        life++;
        receiving = null;
        backend.guestOpened(false);
    }
}
