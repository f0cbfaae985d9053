package io.paravert.devices.block;

import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.device.DeviceIdentity;
import io.paravert.device.GuestAddressException;
import io.paravert.device.GuestBuffer;
import io.paravert.devices.path.Completions;
import io.paravert.devices.path.IoRequest;
import io.paravert.virtio.ConfigSpace;
import io.paravert.virtio.QueueSpec;
import io.paravert.virtio.Request;
import io.paravert.virtio.VirtioDevice;
import io.paravert.virtio.VirtioFeature;
import io.paravert.virtio.VirtioLink;
import io.paravert.virtio.queue.QueueException;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The block device as virtio 1.2, 5.2 describes it: request queues; a request is a header of 16 bytes, data, and a status byte
 * at the very end of what the device writes. As a device of its own it opens and closes the store with itself; as one path among
 * several it leaves that to the device.
 */
public final class VirtioBlock implements VirtioDevice {
    /** Device id of virtio 1.2, chapter 5. */
    public static final int TYPE = 2;

    private static final int QUEUE_MAXIMUM = 256;
    private static final int SEGMENTS = 126;
    /** 5.2.6: type, reserved, sector. */
    private static final int HEADER_BYTES = 16;
    /** 5.2.6: sector, number of sectors, flags. */
    private static final int RANGE_BYTES = 16;

    private static final int ID_BYTES = 20;

    /** What a driver can ask, 5.2.6. */
    private static final class Ask {
        static final int IN = 0;
        static final int OUT = 1;
        static final int FLUSH = 4;
        static final int GET_ID = 8;
        static final int DISCARD = 11;
        static final int WRITE_ZEROES = 13;
    }

    /** How it ends, 5.2.6. */
    private static final class Status {
        static final int OK = 0;
        static final int IOERR = 1;
        static final int UNSUPP = 2;
    }

    /** Feature bits, 5.2.3. */
    private static final class Bit {
        static final long SEG_MAX = 1 << 2;
        static final long RO = 1 << 5;
        static final long BLK_SIZE = 1 << 6;
        static final long FLUSH = 1 << 9;
        static final long MQ = 1 << 12;
        static final long DISCARD = 1 << 13;
        static final long WRITE_ZEROES = 1 << 14;
    }

    private final BlockService service;
    private final boolean ownsStore;
    private final BlockDevice.Settings settings;
    private final byte[] id;
    /** Layout of 5.2.4. */
    private final ConfigSpace config = new ConfigSpace(60);

    private @Nullable Completions completions;
    private @Nullable Operation free;

    /**
     * A device of its own with one queue, for instance behind PCI.
     *
     * @param id what GET_ID answers, at most 20 bytes of ASCII count
     */
    public VirtioBlock(BlockStore store, String id) {
        this(new BlockService(store), BlockDevice.Settings.USUAL.withId(id), true);
    }

    private VirtioBlock(BlockService service, BlockDevice.Settings settings, boolean ownsStore) {
        this.service = service;
        this.ownsStore = ownsStore;
        this.settings = settings;
        this.id = Arrays.copyOf(settings.id().getBytes(StandardCharsets.US_ASCII), ID_BYTES);
        config.putLong(0, service.store().sectors())
                .putInt(12, SEGMENTS)
                .putInt(20, BlockStore.SECTOR)
                .putShort(34, settings.queues())
                .putInt(36, (int) BlockService.CLEAR_LIMIT)
                .putInt(40, 1)
                .putInt(44, 1)
                .putInt(48, (int) BlockService.CLEAR_LIMIT)
                .putInt(52, 1)
                .putByte(56, 1);
    }

    static VirtioBlock owning(BlockStore store, BlockDevice.Settings settings) {
        return new VirtioBlock(new BlockService(store), settings, true);
    }

    /** One path among several. */
    static VirtioBlock sharing(BlockService service, BlockDevice.Settings settings) {
        return new VirtioBlock(service, settings, false);
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public long features() {
        long common = Bit.SEG_MAX | Bit.BLK_SIZE | Bit.FLUSH | (settings.queues() > 1 ? Bit.MQ : 0);
        return service.store().isReadOnly() ? common | Bit.RO : common | Bit.DISCARD | Bit.WRITE_ZEROES;
    }

    @Override
    public Set<VirtioFeature> ringFeatures() {
        return settings.inOrder() ? EnumSet.allOf(VirtioFeature.class) : VirtioDevice.super.ringFeatures();
    }

    @Override
    public DeviceIdentity identity() {
        return BlockDevice.identity(service.store());
    }

    @Override
    public List<QueueSpec> queues() {
        QueueSpec queue = QueueSpec.ofRequests(QUEUE_MAXIMUM, QueueSpec.Direction.BOTH, this::handle)
                .polledFor(settings.busyPoll());
        return Collections.nCopies(settings.queues(), queue);
    }

    @Override
    public ConfigSpace config() {
        return config;
    }

    @Override
    public void attached(VirtioLink link) {
        if (ownsStore) {
            completions = new Completions(link.vertx());
            service.store().attach(completions);
        }
    }

    @Override
    public Future<Void> start() {
        if (completions != null) {
            completions.start();
        }
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> stop() {
        return ownsStore ? service.store().close() : Future.succeededFuture();
    }

    private Future<Void> handle(Request request) {
        GuestBuffer in = request.readable();
        GuestBuffer out = request.writable();
        if (out.length() == 0) {
            return Future.failedFuture(new QueueException("a block request without room for its status byte"));
        }
        if (in.length() < HEADER_BYTES) {
            return end(request, Status.IOERR);
        }
        int type = in.getInt(0);
        long sector = in.getLong(8);
        if (isInTheWrongDirection(type, in, out)) {
            return end(request, Status.IOERR);
        }
        return switch (type) {
            case Ask.IN -> transfer(request, IoOp.READ, sector, out, 0, out.length() - 1);
            case Ask.OUT -> transfer(request, IoOp.WRITE, sector, in, HEADER_BYTES, in.length() - HEADER_BYTES);
            case Ask.FLUSH -> transfer(request, IoOp.FLUSH, 0, in, 0, 0);
            case Ask.GET_ID -> identify(request);
            case Ask.DISCARD -> clear(request, IoOp.DISCARD, 0);
            case Ask.WRITE_ZEROES -> clear(request, IoOp.WRITE_ZEROES, 1);
            default -> end(request, Status.UNSUPP);
        };
    }

    /** What is read from the disk goes to the driver, and what is written to it comes from there. */
    private static boolean isInTheWrongDirection(int type, GuestBuffer in, GuestBuffer out) {
        return type == Ask.IN && in.length() > HEADER_BYTES || type == Ask.OUT && out.length() > 1;
    }

    private static Future<Void> end(Request request, int status) {
        return end(request, status, status == Status.OK ? request.writable().length() - 1 : 0);
    }

    /** @param data bytes written from the start of what the device writes; the status byte stands at its end */
    private static Future<Void> end(Request request, int status, long data) {
        long last = request.writable().length() - 1;
        request.writable().putByte(last, status);
        // 2.7.8.2: so many bytes from the start on were written. What lies between data and status was not.
        request.setWritten(data == last ? last + 1 : data);
        return Future.succeededFuture();
    }

    private Future<Void> identify(Request request) {
        int bytes = (int) Math.min(ID_BYTES, request.writable().length() - 1);
        request.writable().write(0, id, 0, bytes);
        return end(request, Status.OK, bytes);
    }

    /** @param permitted flags that the range may have: bit 0 is unmap */
    private Future<Void> clear(Request request, int op, int permitted) {
        GuestBuffer in = request.readable();
        if (in.length() != HEADER_BYTES + RANGE_BYTES) {
            return end(request, in.length() % RANGE_BYTES == 0 ? Status.UNSUPP : Status.IOERR);
        }
        long sector = in.getLong(HEADER_BYTES);
        long count = in.getInt(HEADER_BYTES + 8) & 0xffff_ffffL;
        int flags = in.getInt(HEADER_BYTES + 12);
        if ((flags & ~permitted) != 0) {
            return end(request, Status.UNSUPP);
        }
        return transfer(request, op, sector, in, 0, count * BlockStore.SECTOR);
    }

    private Future<Void> transfer(Request request, int op, long sector, GuestBuffer data, long at, long bytes) {
        Operation operation = free;
        if (operation == null) {
            operation = new Operation();
        } else {
            free = operation.next;
        }
        return operation.start(request, op, sector, data, at, bytes);
    }

    /** A request on its way through the service; used again and again. On the device's context. */
    private final class Operation extends IoRequest {
        /** The next of those that are not in use. */
        @Nullable Operation next;

        private @Nullable Request request;
        /** How it ended, if that was at once. */
        private @Nullable Future<Void> end;

        private boolean waiting;

        Future<Void> start(Request asked, int op, long sector, GuestBuffer data, long at, long bytes) {
            request = asked;
            submit(service, op, sector, data, at, bytes);
            Future<Void> reached = end;
            if (reached != null) {
                recycle();
                return reached;
            }
            waiting = true;
            return Request.ENDED_LATER;
        }

        @Override
        public void complete(long result) {
            Request asked = Objects.requireNonNull(request);
            Future<Void> reached = finish(asked, result);
            if (!waiting) {
                end = reached;
                return;
            }
            recycle();
            if (reached.succeeded()) {
                asked.end();
            } else {
                asked.fail(reached.cause());
            }
        }

        private void recycle() {
            request = null;
            end = null;
            waiting = false;
            next = free;
            free = this;
        }
    }

    private static Future<Void> finish(Request request, long result) {
        try {
            if (result >= 0) {
                return end(request, Status.OK);
            }
            return end(request, result == -PvError.ENOTSUP ? Status.UNSUPP : Status.IOERR);
        } catch (GuestAddressException e) {
            // The memory of the status byte has gone.
            return Future.failedFuture(e);
        }
    }
}
