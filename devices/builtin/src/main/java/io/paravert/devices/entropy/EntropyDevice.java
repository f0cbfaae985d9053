package io.paravert.devices.entropy;

import io.paravert.abi.DeviceType;
import io.paravert.device.DeviceIdentity;
import io.paravert.virtio.QueueSpec;
import io.paravert.virtio.QueueSpec.Direction;
import io.paravert.virtio.Request;
import io.paravert.virtio.VirtioDevice;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Consumer;

/** Source of random bytes, virtio 1.2, 5.4. Each buffer gets some bytes at once, so that a huge one costs no more than a page. */
public final class EntropyDevice implements VirtioDevice {
    /** Virtio 1.2, chapter 5. */
    static final int TYPE = 4;
    /** Most bytes in one buffer: the specification lets a device give fewer than asked for. */
    static final int MOST = 4096;

    private static final int QUEUE_SIZE = 64;
    private static final DeviceIdentity IDENTITY = new DeviceIdentity(DeviceType.ENTROPY, 0, 0, 0);

    private final Consumer<byte[]> source;
    private final byte[] chunk = new byte[MOST];

    /** Fed by the host's generator. */
    public EntropyDevice() {
        this(new SecureRandom()::nextBytes);
    }

    /** @param source fills an array with random bytes; on the device's context, may take its time */
    public EntropyDevice(Consumer<byte[]> source) {
        this.source = source;
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public DeviceIdentity identity() {
        return IDENTITY;
    }

    @Override
    public List<QueueSpec> queues() {
        return List.of(QueueSpec.ofRequests(QUEUE_SIZE, Direction.WRITABLE, this::fill));
    }

    private Future<Void> fill(Request request) {
        int bytes = (int) Math.min(MOST, request.writable().length());
        source.accept(chunk);
        request.writable().write(0, chunk, 0, bytes);
        request.setWritten(bytes);
        return Future.succeededFuture();
    }
}
