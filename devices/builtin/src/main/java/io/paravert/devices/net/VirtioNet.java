package io.paravert.devices.net;

import io.paravert.device.DeviceIdentity;
import io.paravert.device.GuestAddressException;
import io.paravert.device.GuestBuffer;
import io.paravert.devices.path.Completions;
import io.paravert.virtio.BufferQueue;
import io.paravert.virtio.ConfigSpace;
import io.paravert.virtio.QueueSpec;
import io.paravert.virtio.QueueSpec.Direction;
import io.paravert.virtio.Request;
import io.paravert.virtio.VirtioDevice;
import io.paravert.virtio.VirtioFeature;
import io.paravert.virtio.VirtioLink;
import io.paravert.virtio.queue.QueueException;
import io.vertx.core.Future;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The network interface as virtio 1.2, 5.1 describes it: a queue each way and one for commands. No offloads are offered: a
 * frame is sent as the guest wrote it. As a device of its own it opens and closes the back end with itself; as one path among
 * several it leaves that to the device.
 */
public final class VirtioNet implements VirtioDevice {
    /** Device id of virtio 1.2, chapter 5. */
    public static final int TYPE = 1;

    private static final int QUEUE_MAXIMUM = 256;
    private static final int CONTROL_MAXIMUM = 64;
    private static final int RECEIVE_QUEUE = 0;

    /** Feature bits, 5.1.3. */
    private static final class Bit {
        static final long MTU = 1 << 3;
        static final long MAC = 1 << 5;
        static final long MRG_RXBUF = 1 << 15;
        static final long STATUS = 1 << 16;
        static final long CTRL_VQ = 1 << 17;
        static final long CTRL_RX = 1 << 18;
        static final long CTRL_RX_EXTRA = 1 << 20;
        static final long CTRL_MAC_ADDR = 1 << 23;
        /** What needs a control queue, 5.1.3.1. */
        static final long CONTROLLED = CTRL_RX | CTRL_RX_EXTRA | CTRL_MAC_ADDR;
    }

    /** Layout of the configuration space, 5.1.4. */
    private static final class Config {
        static final int MAC = 0;
        static final int STATUS = 6;
        static final int MAX_PAIRS = 8;
        static final int MTU = 10;
        static final int SIZE = 12;
        /** Bit of STATUS. */
        static final int LINK_UP = 1;
    }

    private final NetService service;
    private final boolean ownsBackend;
    private final ConfigSpace config = new ConfigSpace(Config.SIZE);
    private final ReceiveFilter filter;
    private final VirtioControl control;
    private final VirtioReceive receive;

    private @Nullable VirtioLink link;
    private @Nullable Completions completions;

    /** A device of its own, for instance behind PCI. */
    public VirtioNet(NetBackend backend, NetIdentity identity) {
        this(new NetService(backend, identity), true);
    }

    /** @param ownsBackend whether it opens and closes the back end with itself, or is one path among several */
    VirtioNet(NetService service, boolean ownsBackend) {
        this.service = service;
        this.ownsBackend = ownsBackend;
        this.filter = new ReceiveFilter(service.identity().mac());
        this.control = new VirtioControl(filter, this::setAddress);
        this.receive = new VirtioReceive(service.counters());
        config.put(Config.MAC, MacAddress.BYTES, service.identity().mac())
                .putShort(Config.STATUS, Config.LINK_UP)
                .putShort(Config.MAX_PAIRS, 1)
                .putShort(Config.MTU, service.identity().mtu());
        service.setReceiver(new Receiver());
    }

    public NetCounters counters() {
        return service.counters();
    }

    @Override
    public Map<String, Long> counts() {
        return service.counters().byName();
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public long features() {
        return Bit.MTU | Bit.MAC | Bit.MRG_RXBUF | Bit.STATUS | Bit.CTRL_VQ | Bit.CONTROLLED;
    }

    @Override
    public Set<VirtioFeature> ringFeatures() {
        return EnumSet.allOf(VirtioFeature.class);
    }

    @Override
    public boolean accepts(long features) {
        return (features & Bit.CONTROLLED) == 0 || (features & Bit.CTRL_VQ) != 0;
    }

    @Override
    public DeviceIdentity identity() {
        return service.identity().device();
    }

    @Override
    public List<QueueSpec> queues() {
        return List.of(
                QueueSpec.ofBuffers(QUEUE_MAXIMUM, Direction.WRITABLE, this::buffersAvailable),
                QueueSpec.ofRequests(QUEUE_MAXIMUM, Direction.READABLE, this::send),
                QueueSpec.ofRequests(CONTROL_MAXIMUM, Direction.BOTH, control::handle));
    }

    @Override
    public ConfigSpace config() {
        return config;
    }

    @Override
    public void attached(VirtioLink attachedLink) {
        link = attachedLink;
        if (ownsBackend) {
            completions = new Completions(attachedLink.vertx());
        }
    }

    private VirtioLink link() {
        VirtioLink attached = link;
        if (attached == null) {
            throw new IllegalStateException("the device was not attached");
        }
        return attached;
    }

    @Override
    public Future<Void> start() {
        Completions bridge = completions;
        if (bridge == null) {
            return Future.succeededFuture();
        }
        bridge.start();
        return service.start(link().vertx(), bridge);
    }

    @Override
    public Future<Void> stop() {
        return ownsBackend ? service.stop() : Future.succeededFuture();
    }

    @Override
    public void activated(long features) {
        receive.setMergeable((features & Bit.MRG_RXBUF) != 0);
    }

    @Override
    public Future<Void> queueStopped(int queue) {
        if (queue == RECEIVE_QUEUE) {
            receive.close();
        }
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> reset() {
        long own = service.identity().mac();
        filter.reset(own);
        config.put(Config.MAC, MacAddress.BYTES, own);
        return Future.succeededFuture();
    }

    private void setAddress(long mac) {
        filter.setOwn(mac);
        config.put(Config.MAC, MacAddress.BYTES, mac);
    }

    private void buffersAvailable(BufferQueue queue) {
        receive.open(queue);
        service.deliver();
    }

    /** A frame behind its header, 5.1.6.2. What cannot be sent is dropped and counted: Ethernet promises nothing. */
    private Future<Void> send(Request request) {
        GuestBuffer in = request.readable();
        long bytes = in.length() - VirtioReceive.HEADER;
        if (bytes < 0) {
            return Future.failedFuture(new QueueException(
                    "a chain of " + in.length() + " bytes, shorter than the header of " + VirtioReceive.HEADER));
        }
        // flags and gso_type: anything but zero asks for an offload that was not offered.
        if (in.getShort(0) != 0) {
            service.counters().countSendError();
        } else {
            service.send(in, VirtioReceive.HEADER, bytes);
        }
        return Future.succeededFuture();
    }

    /** The driver, as the interface's logic sees it. */
    private final class Receiver implements FrameReceiver {
        @Override
        public boolean isReady() {
            return link().isLive();
        }

        @Override
        public boolean receive(Frame frame) {
            if (!filter.accepts(MacAddress.of(frame.bytes, 0))) {
                service.counters().countFiltered();
                return true;
            }
            try {
                return receive.receive(frame);
            } catch (QueueException e) {
                link().needsReset(String.valueOf(e.getMessage()));
            } catch (GuestAddressException e) {
                link().needsReset(VirtioReceive.gone(e));
            }
            service.counters().countReceiveDrop();
            return true;
        }

        @Override
        public void linkChanged(boolean up) {
            config.putShort(Config.STATUS, up ? Config.LINK_UP : 0);
            link().configChanged();
        }
    }
}
