package io.paravert.devices.console;

import io.paravert.abi.DeviceType;
import io.paravert.device.DeviceIdentity;
import io.paravert.virtio.BufferQueue;
import io.paravert.virtio.ConfigSpace;
import io.paravert.virtio.QueueSpec;
import io.paravert.virtio.QueueSpec.Direction;
import io.paravert.virtio.Request;
import io.paravert.virtio.VirtioDevice;
import io.paravert.virtio.VirtioLink;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Virtio console, virtio 1.2, 5.3: ports of bytes, the first of which is the console proper. A driver without MULTIPORT sees
 * that one only.
 */
public final class ConsoleDevice implements VirtioDevice {
    /** Virtio 1.2, chapter 5. */
    static final int TYPE = 3;

    static final long F_SIZE = 1;
    static final long F_MULTIPORT = 1L << 1;
    static final long F_EMERGENCY_WRITE = 1L << 2;

    /** Offsets in the configuration space. */
    static final int COLUMNS = 0;

    static final int ROWS = 2;
    static final int PORTS = 4;
    static final int EMERGENCY_WRITE = 8;
    static final int CONFIG_BYTES = 12;

    /** Most ports; each has two queues. */
    public static final int PORT_LIMIT = 16;
    /** Most output given to a back end at once, bytes. */
    public static final int CHUNK = 4096;

    private static final int QUEUE_SIZE = 128;
    /** Control messages that wait for the driver; one that lets more pile up loses the oldest. */
    private static final int MESSAGE_LIMIT = 256;

    private static final Logger LOG = LoggerFactory.getLogger("io.paravert.devices.console");
    private static final DeviceIdentity IDENTITY = new DeviceIdentity(DeviceType.CONSOLE, 0, 0, 0);

    private final ConfigSpace config = new ConfigSpace(CONFIG_BYTES);
    private final List<ConsolePort> ports = new ArrayList<>();
    private final Deque<byte[]> messages = new ArrayDeque<>();
    private final boolean[] ready;
    private int columns;
    private int rows;
    private boolean outputLossSaid;
    private @Nullable VirtioLink link;
    private @Nullable BufferQueue control;

    /**
     * A port of the device.
     *
     * @param name by which the guest may find it ({@code /dev/virtio-ports/NAME}); the first port's is not told
     */
    public record Port(String name, ConsoleBackend backend) {}

    /** @param ports 1 to {@link #PORT_LIMIT}; the first is the console */
    public ConsoleDevice(List<Port> ports) {
        if (ports.isEmpty() || ports.size() > PORT_LIMIT) {
            throw new IllegalArgumentException(ports.size() + " console ports: give 1 to " + PORT_LIMIT);
        }
        for (Port port : ports) {
            this.ports.add(new ConsolePort(this.ports.size(), port, this));
        }
        ready = new boolean[ports.size()];
        config.putInt(PORTS, ports.size());
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public long features() {
        return F_SIZE | F_MULTIPORT | F_EMERGENCY_WRITE;
    }

    @Override
    public DeviceIdentity identity() {
        return IDENTITY;
    }

    @Override
    public ConfigSpace config() {
        return config;
    }

    /** Receive and transmit of port 0, both of control, receive and transmit of the other ports, 5.3.2. */
    @Override
    public List<QueueSpec> queues() {
        List<QueueSpec> queues = new ArrayList<>();
        for (ConsolePort port : ports) {
            queues.add(QueueSpec.ofBuffers(QUEUE_SIZE, Direction.WRITABLE, port::available));
            queues.add(QueueSpec.ofRequests(QUEUE_SIZE, Direction.READABLE, port::transmit));
            if (port.id() == 0) {
                queues.add(QueueSpec.ofBuffers(QUEUE_SIZE, Direction.WRITABLE, this::controlAvailable));
                queues.add(QueueSpec.ofRequests(QUEUE_SIZE, Direction.READABLE, this::controlMessage));
            }
        }
        return queues;
    }

    @Override
    public void attached(VirtioLink newLink) {
        link = newLink;
    }

    private VirtioLink link() {
        VirtioLink attached = link;
        if (attached == null) {
            throw new IllegalStateException("the console was not attached");
        }
        return attached;
    }

    @Override
    public Future<Void> start() {
        Context context = link().vertx().getOrCreateContext();
        List<Future<Void>> starts = new ArrayList<>();
        for (ConsolePort port : ports) {
            port.setContext(context);
            starts.add(port.backend().start(link().vertx(), port));
        }
        return Future.all(starts).mapEmpty();
    }

    @Override
    public Future<Void> stop() {
        List<Future<Void>> stops = new ArrayList<>();
        ports.forEach(port -> stops.add(port.backend().stop()));
        return Future.join(stops).mapEmpty();
    }

    private boolean isMultiport() {
        return link().isLive() && (link().features() & F_MULTIPORT) != 0;
    }

    @Override
    public void activated(long features) {
        if ((features & F_MULTIPORT) == 0) {
            ports.get(0).backend().guestOpened(true);
        }
    }

    @Override
    public Future<Void> reset() {
        messages.clear();
        control = null;
        Arrays.fill(ready, false);
        ports.forEach(ConsolePort::reset);
        return Future.succeededFuture();
    }

    /** A character without queues, for a driver that is just being set up or is crashing. */
    @Override
    public void configWritten(int offset, int size, long value) {
        if (offset == EMERGENCY_WRITE) {
            ConsolePort console = ports.get(0);
            console.backend().write(new byte[] {(byte) value}).onFailure(e -> outputLost(console, 1, e));
        }
    }

    /** Terminals change; said by a control message to drivers that have those, and by the configuration space to others. */
    void resized(ConsolePort port, int newColumns, int newRows) {
        if (port.id() == 0) {
            columns = newColumns;
            rows = newRows;
            config.putShort(COLUMNS, columns).putShort(ROWS, rows);
            link().configChanged();
            if (isMultiport() && ready[0]) {
                sendSize();
            }
        }
    }

    private void sendSize() {
        send(ControlEvent.message(0, ControlEvent.RESIZE, 0, ControlEvent.size(columns, rows)));
    }

    void connectionChanged(ConsolePort port) {
        if (isMultiport() && ready[port.id()]) {
            send(ControlEvent.message(port.id(), ControlEvent.PORT_OPEN, port.isConnected() ? 1 : 0));
        }
    }

    /** Said once; a guest can write often. */
    void outputLost(ConsolePort port, int bytes, Throwable why) {
        if (!outputLossSaid) {
            outputLossSaid = true;
            LOG.warn(
                    "{}: port {} lost {} bytes of output, and may lose more: {}", link().name(), port.id(), bytes, why);
        }
    }

    private Future<Void> controlMessage(Request request) {
        if (request.readable().length() >= ControlEvent.BYTES) {
            int id = request.readable().getInt(ControlEvent.ID_OFFSET);
            int event = request.readable().getShort(ControlEvent.EVENT_OFFSET) & 0xffff;
            int value = request.readable().getShort(ControlEvent.VALUE_OFFSET) & 0xffff;
            if (isMultiport()) {
                controlled(id, event, value);
            }
        }
        return Future.succeededFuture();
    }

    /** What makes no sense is ignored: the driver may be newer than this device. */
    private void controlled(int id, int event, int value) {
        if (event == ControlEvent.DEVICE_READY) {
            if (value == 1) {
                ports.forEach(port -> send(ControlEvent.message(port.id(), ControlEvent.DEVICE_ADD, 0)));
            }
        } else if (id >= 0 && id < ports.size()) {
            ConsolePort port = ports.get(id);
            if (event == ControlEvent.PORT_READY && value == 1) {
                introduce(port);
            } else if (event == ControlEvent.PORT_OPEN) {
                port.backend().guestOpened(value == 1);
            }
        }
    }

    private void introduce(ConsolePort port) {
        int id = port.id();
        ready[id] = true;
        if (id == 0) {
            send(ControlEvent.message(id, ControlEvent.CONSOLE_PORT, 1));
            if (columns != 0) {
                sendSize();
            }
        } else {
            send(ControlEvent.message(id, ControlEvent.PORT_NAME, 0, port.name()));
        }
        if (port.isConnected()) {
            send(ControlEvent.message(id, ControlEvent.PORT_OPEN, 1));
        }
    }

    private void send(byte[] message) {
        if (messages.size() == MESSAGE_LIMIT) {
            messages.removeFirst();
        }
        messages.addLast(message);
        sendWaiting();
    }

    private void controlAvailable(BufferQueue queue) {
        control = queue;
        sendWaiting();
    }

    private void sendWaiting() {
        BufferQueue queue = control;
        while (queue != null && queue.isOpen() && !messages.isEmpty()) {
            Request request = queue.take();
            if (request == null) {
                return;
            }
            byte[] message = messages.removeFirst();
            int bytes = (int) Math.min(message.length, request.writable().length());
            request.writable().write(0, message, 0, bytes);
            request.setWritten(bytes);
            queue.complete(request);
        }
    }
}
