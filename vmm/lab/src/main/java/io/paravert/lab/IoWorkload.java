package io.paravert.lab;

import io.paravert.abi.DeviceType;
import io.paravert.abi.IoOp;
import io.paravert.device.Device;
import io.paravert.devices.DevicePaths;
import io.paravert.devices.block.BlockDevice;
import io.paravert.devices.block.MemoryStore;
import io.paravert.devices.console.ConsoleDevice;
import io.paravert.devices.net.MacAddress;
import io.paravert.devices.net.NetBackend;
import io.paravert.devices.net.NetDevice;
import io.paravert.devices.net.NetIdentity;
import io.paravert.devices.net.NetInput;
import io.paravert.virtio.mmio.VirtioOnMmio;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the guest does, over and over. */
enum IoWorkload {
    READ("4 KiB random read", DeviceType.BLOCK, IoOp.READ, 4096),
    WRITE("4 KiB random write", DeviceType.BLOCK, IoOp.WRITE, 4096),
    MESSAGE_64("64-byte message", DeviceType.NET, IoOp.SEND, 64),
    MESSAGE_1500("1500-byte message", DeviceType.NET, IoOp.SEND, 1500),
    CONSOLE_LINE("80-byte console line", DeviceType.CONSOLE, IoOp.WRITE, 80);

    private static final long DISK_BYTES = 64L << 20;
    private static final Duration BUSY_POLL = Duration.ofNanos(200_000);

    private final String label;
    private final int type;
    private final int op;
    private final int bytes;

    IoWorkload(String label, int type, int op, int bytes) {
        this.label = label;
        this.type = type;
        this.op = op;
        this.bytes = bytes;
    }

    String label() {
        return label;
    }

    /** Bytes of an operation. */
    int bytes() {
        return bytes;
    }

    /** Whether its device can be reached that way. */
    boolean takes(IoPath path) {
        return switch (type) {
            // The console has no registers but the debug port's byte, and no ring of Paravert's own.
            case DeviceType.CONSOLE ->
                path == IoPath.PORT
                        || path == IoPath.CALL
                        || path == IoPath.MULTICALL
                        || path == IoPath.VIRTIO
                        || path == IoPath.VIRTIO_PACKED;
            case DeviceType.NET -> !path.isForDisksOnly();
            default -> true;
        };
    }

    /** What tells the guest which it is; see iolab.c. */
    String arguments() {
        return "type=" + type + " op=" + op + " bytes=" + bytes;
    }

    /** A new device for it; the console is there, but for virtio's. */
    Optional<Device> device(IoPath path, int vcpus) {
        return switch (type) {
            case DeviceType.BLOCK ->
                Optional.of(
                        new BlockDevice(new MemoryStore(DISK_BYTES), disk(path).withQueues(vcpus)));
            case DeviceType.NET ->
                Optional.of(new NetDevice(
                        new Sink(),
                        new NetIdentity(MacAddress.parse("52:54:00:00:00:01"), NetIdentity.USUAL_MTU),
                        DevicePaths.Place.USUAL));
            default ->
                path == IoPath.VIRTIO || path == IoPath.VIRTIO_PACKED ? Optional.of(console()) : Optional.empty();
        };
    }

    /** A terminal that takes everything. */
    private static Device console() {
        ConsoleDevice.Port port = new ConsoleDevice.Port("lab", bytes -> Future.succeededFuture());
        return new VirtioOnMmio(new ConsoleDevice(List.of(port)));
    }

    private static BlockDevice.Settings disk(IoPath path) {
        BlockDevice.Settings usual = BlockDevice.Settings.USUAL;
        return switch (path) {
            case VIRTIO_POLLED -> usual.withBusyPoll(BUSY_POLL);
            case VIRTIO_IN_ORDER -> usual.withInOrder();
            default -> usual;
        };
    }

    /** A network that takes every frame, and on which nobody answers. */
    private static final class Sink implements NetBackend {
        @Override
        public Future<Void> start(Vertx vertx, NetInput input) {
            return Future.succeededFuture();
        }

        @Override
        public boolean send(byte[] frame, int length) {
            return true;
        }

        @Override
        public Future<Void> stop() {
            return Future.succeededFuture();
        }
    }
}
