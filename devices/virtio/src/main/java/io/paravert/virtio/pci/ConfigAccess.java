package io.paravert.virtio.pci;

import io.paravert.device.Access;
import io.paravert.device.AccessHandler;
import io.vertx.core.Future;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Access to the BAR through configuration space (virtio 1.2, 4.1.4.9), for drivers that cannot reach memory, such as those of
 * firmware: the driver sets bar, offset and length of the capability, and what it does to the data register is done there.
 *
 * <pre>
 *   0  capability header, 4 bytes    4  bar    8  offset    12  length: 1, 2 or 4    16  data, 4 bytes
 * </pre>
 *
 * The vCPU waits in its access for the device, for a second at most. Any thread.
 */
final class ConfigAccess {
    static final int BYTES = 20;

    private static final int BAR = 4;
    private static final int OFFSET = 8;
    private static final int LENGTH = 12;
    private static final int DATA = 16;
    private static final long WAIT_SECONDS = 1;

    private int bar;
    private int offset;
    private int length;
    private int data;
    private AccessHandler window = access -> Future.succeededFuture(-1L);

    /** What stands behind the BAR; may be called on any thread. */
    synchronized void onAccess(AccessHandler handler) {
        window = handler;
    }

    /** The word at a multiple of 4 behind the header. */
    long read(int at) {
        if (at == DATA) {
            serve(false, 0);
        }
        synchronized (this) {
            return switch (at) {
                case BAR -> bar;
                case OFFSET -> Integer.toUnsignedLong(offset);
                case LENGTH -> Integer.toUnsignedLong(length);
                default -> Integer.toUnsignedLong(data);
            };
        }
    }

    void write(int at, int size, long value) {
        synchronized (this) {
            switch (at) {
                case BAR -> bar = (int) value & 0xff;
                case OFFSET -> offset = size == Integer.BYTES ? (int) value : offset;
                case LENGTH -> length = size == Integer.BYTES ? (int) value : length;
                case DATA -> data = (int) value;
                default -> {
                    // Bytes within a field: read-only.
                }
            }
        }
        if (at == DATA) {
            serve(true, value);
        }
    }

    private void serve(boolean write, long value) {
        AccessHandler handler;
        Access access;
        synchronized (this) {
            boolean whole = length == 1 || length == 2 || length == 4;
            if (bar != 0 || !whole || offset < 0 || offset >= PciLayout.BAR_BYTES || offset % length != 0) {
                return;
            }
            long mask = (1L << length * Byte.SIZE) - 1;
            access = new Access(0, offset, length, write, value & mask);
            handler = window;
        }
        long answer = await(handler.handle(access));
        if (!write) {
            synchronized (this) {
                data = (int) answer;
            }
        }
    }

    private static long await(Future<Long> answer) {
        try {
            return answer.toCompletionStage().toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // As where nothing answers on a bus.
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }
}
