package io.paravert.examples.kv;

import io.paravert.devices.net.NetBackend;
import io.paravert.devices.net.NetInput;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Asks the guest of {@code key_value.c}. It is the far end of the guest's network interface: a request is a frame that it delivers,
 * an answer a frame that the guest sends. Many requests may be under way; answers find them by their number. Any thread.
 */
public final class KeyValueClient implements NetBackend {
    /** Limits of the server. */
    public static final int KEY_BYTES = 64;

    public static final int VALUE_BYTES = 1024;

    private static final int HEADER = 14;
    private static final int MESSAGE = 8;
    private static final short TYPE = (short) 0x88b5;
    private static final long PATIENCE = 20;

    private static final int OK = 0;
    private static final int NOT_FOUND = 1;

    private enum Operation {
        GET,
        PUT,
        REMOVE,
        STOP
    }

    private record Answer(int status, Buffer value) {}

    private final AtomicInteger last = new AtomicInteger();
    private final Map<Integer, Promise<Answer>> waiting = new ConcurrentHashMap<>();
    private volatile @Nullable NetInput server;

    /** The value of a key, if there is one. */
    public Future<Optional<byte[]>> get(String key) {
        return ask(Operation.GET, key, new byte[0]).compose(answer -> switch (answer.status) {
            case OK -> Future.succeededFuture(Optional.of(answer.value.getBytes()));
            case NOT_FOUND -> Future.succeededFuture(Optional.empty());
            default -> refused(answer);
        });
    }

    /** Sets the value of a key. */
    public Future<Void> put(String key, byte[] value) {
        return ask(Operation.PUT, key, value)
                .compose(answer -> answer.status == OK ? Future.succeededFuture() : refused(answer));
    }

    /** Takes a key out; false if it was not there. */
    public Future<Boolean> remove(String key) {
        return ask(Operation.REMOVE, key, new byte[0]).compose(answer -> switch (answer.status) {
            case OK -> Future.succeededFuture(true);
            case NOT_FOUND -> Future.succeededFuture(false);
            default -> refused(answer);
        });
    }

    /** Has the server end; it does not answer. */
    public void shutDown() {
        byte[] frame = frame(0, Operation.STOP, new byte[0], new byte[0]);
        deliver(frame);
    }

    private static <T> Future<T> refused(Answer answer) {
        return Future.failedFuture(new IllegalStateException(
                answer.status == 2 ? "the server's table is full" : "the server refuses: status " + answer.status));
    }

    private Future<Answer> ask(Operation operation, String key, byte[] value) {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length > KEY_BYTES || value.length > VALUE_BYTES) {
            return Future.failedFuture(new IllegalArgumentException("a key of " + name.length + " bytes and a value of "
                    + value.length + ": give 1 to " + KEY_BYTES + " and up to " + VALUE_BYTES));
        }
        int id = last.incrementAndGet();
        Promise<Answer> promise = Promise.promise();
        waiting.put(id, promise);
        if (!deliver(frame(id, operation, name, value))) {
            waiting.remove(id);
            return Future.failedFuture(new IllegalStateException("the server has more requests than it can queue"));
        }
        return promise.future().timeout(PATIENCE, TimeUnit.SECONDS).onComplete(done -> waiting.remove(id));
    }

    private boolean deliver(byte[] frame) {
        NetInput input = server;
        return input != null && input.deliver(frame, 0, frame.length);
    }

    private static byte[] frame(int id, Operation operation, byte[] key, byte[] value) {
        ByteBuffer frame = ByteBuffer.allocate(HEADER + MESSAGE + key.length + value.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        frame.put(new byte[] {-1, -1, -1, -1, -1, -1, 2, 0, 0, 0, 0, 1})
                .putShort(Short.reverseBytes(TYPE))
                .putInt(id)
                .put((byte) (operation.ordinal() + 1))
                .put((byte) key.length)
                .putShort((short) value.length)
                .put(key)
                .put(value);
        return frame.array();
    }

    @Override
    public Future<Void> start(Vertx vertx, NetInput input) {
        server = input;
        return Future.succeededFuture();
    }

    /** An answer of the guest's; a guest may send anything. */
    @Override
    public boolean send(byte[] bytes, int length) {
        if (length < HEADER + MESSAGE) {
            return true;
        }
        ByteBuffer answer = ByteBuffer.wrap(bytes, HEADER, length - HEADER).order(ByteOrder.LITTLE_ENDIAN);
        int id = answer.getInt();
        int status = answer.get();
        answer.get();
        int valueBytes = answer.getShort() & 0xffff;
        Promise<Answer> promise = waiting.get(id);
        if (promise != null && valueBytes <= answer.remaining()) {
            int from = answer.position();
            promise.tryComplete(new Answer(status, Buffer.buffer().appendBytes(bytes, from, valueBytes)));
        }
        return true;
    }

    @Override
    public Future<Void> stop() {
        server = null;
        IllegalStateException gone = new IllegalStateException("the server has gone");
        waiting.values().forEach(promise -> promise.tryFail(gone));
        return Future.succeededFuture();
    }
}
