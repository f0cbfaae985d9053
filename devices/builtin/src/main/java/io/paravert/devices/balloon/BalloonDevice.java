package io.paravert.devices.balloon;

import io.paravert.abi.DeviceType;
import io.paravert.device.DeviceIdentity;
import io.paravert.device.GuestBuffer;
import io.paravert.virtio.BufferQueue;
import io.paravert.virtio.ConfigSpace;
import io.paravert.virtio.QueueSpec;
import io.paravert.virtio.QueueSpec.Direction;
import io.paravert.virtio.Request;
import io.paravert.virtio.VirtioDevice;
import io.paravert.virtio.VirtioLink;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Virtio balloon, virtio 1.2, 5.5. Pages that the driver puts in go back to the host at once; what it takes out needs nothing
 * done, because a page comes back when it is touched. With DEFLATE_ON_OOM the guest may take pages out before it runs out of memory.
 */
public final class BalloonDevice implements VirtioDevice {
    /** Virtio 1.2, chapter 5. */
    static final int TYPE = 5;

    static final long F_STATS = 1L << 1;
    static final long F_DEFLATE_ON_OOM = 1L << 2;

    /** Offsets in the configuration space. */
    static final int WANTED = 0;

    static final int ACTUAL = 4;
    static final int CONFIG_BYTES = 8;

    public static final long MOST_PAGES = 0xffff_ffffL;

    private static final int PAGE_SHIFT = 12;
    private static final int QUEUE_SIZE = 128;
    /** Page numbers that one request may hold; Linux sends 256. */
    private static final int MOST_NUMBERS = 4096;
    /** A statistic: tag (le16), value (le64), 5.5.6.3. */
    private static final int STATISTIC_BYTES = 10;

    private static final int MOST_STATISTICS = 64;

    private final ConfigSpace config = new ConfigSpace(CONFIG_BYTES);
    private long wanted;
    private volatile long actual;
    private volatile Map<Integer, Long> statistics = Map.of();
    private volatile @Nullable Context context;
    private @Nullable VirtioLink link;
    private @Nullable BufferQueue statisticsQueue;
    /** The buffer that the driver gets back when new statistics are wanted. */
    private @Nullable Request asking;

    /** @param pages of 4 KiB that the guest is asked for at first */
    public BalloonDevice(long pages) {
        setWanted(pages);
    }

    private void setWanted(long pages) {
        if (pages < 0 || pages > MOST_PAGES) {
            throw new IllegalArgumentException("a balloon of " + pages + " pages: give 0 to " + MOST_PAGES);
        }
        wanted = pages;
        config.putInt(WANTED, (int) pages);
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public long features() {
        return F_STATS | F_DEFLATE_ON_OOM;
    }

    @Override
    public DeviceIdentity identity() {
        return new DeviceIdentity(DeviceType.BALLOON, 0, wanted, 0);
    }

    @Override
    public ConfigSpace config() {
        return config;
    }

    @Override
    public List<QueueSpec> queues() {
        return List.of(
                QueueSpec.ofRequests(QUEUE_SIZE, Direction.READABLE, this::inflate),
                QueueSpec.ofRequests(QUEUE_SIZE, Direction.READABLE, request -> Future.succeededFuture()),
                QueueSpec.ofBuffers(QUEUE_SIZE, Direction.READABLE, this::statisticsCame));
    }

    @Override
    public void attached(VirtioLink newLink) {
        link = newLink;
    }

    @Override
    public Future<Void> start() {
        context = Vertx.currentContext();
        return Future.succeededFuture();
    }

    /** Asks the guest for another number of pages. Any thread. */
    public void resize(long pages) {
        if (pages < 0 || pages > MOST_PAGES) {
            throw new IllegalArgumentException("a balloon of " + pages + " pages: give 0 to " + MOST_PAGES);
        }
        onContext(() -> {
            setWanted(pages);
            if (link != null) {
                link.configChanged();
            }
        });
    }

    /** Pages that the driver says are in the balloon. Any thread. */
    public long actual() {
        return actual;
    }

    /** What the driver said last, by the tags of 5.5.6.4; empty before it has. Any thread. */
    public Map<Integer, Long> statistics() {
        return statistics;
    }

    /** Asks the driver for new statistics; no effect while it has not answered the last time. Any thread. */
    public void askForStatistics() {
        onContext(() -> {
            BufferQueue queue = statisticsQueue;
            Request request = asking;
            asking = null;
            if (queue != null && request != null && queue.isOpen()) {
                queue.complete(request);
                statisticsCame(queue);
            }
        });
    }

    private void onContext(Runnable task) {
        Context own = context;
        if (own != null) {
            own.runOnContext(ignored -> task.run());
        }
    }

    @Override
    public void configWritten(int offset, int size, long value) {
        if (offset == ACTUAL && size == Integer.BYTES) {
            actual = value;
            config.putInt(ACTUAL, (int) value);
        }
    }

    @Override
    public Future<Void> reset() {
        statisticsQueue = null;
        asking = null;
        actual = 0;
        config.putInt(ACTUAL, 0);
        return Future.succeededFuture();
    }

    /** Page numbers, le32 each. One that is not the guest's makes the device ask for a reset. */
    private Future<Void> inflate(Request request) {
        GuestBuffer numbers = request.readable();
        int count = (int) Math.min(MOST_NUMBERS, numbers.length() / Integer.BYTES);
        VirtioLink attached = link;
        int i = 0;
        while (i < count && attached != null) {
            long first = numbers.getInt((long) i * Integer.BYTES) & 0xffff_ffffL;
            int run = 1;
            i++;
            // Neighbours go back together; each number is read once.
            long next = i < count ? numbers.getInt((long) i * Integer.BYTES) & 0xffff_ffffL : -1;
            while (i < count && next == first + run) {
                run++;
                i++;
                next = i < count ? numbers.getInt((long) i * Integer.BYTES) & 0xffff_ffffL : -1;
            }
            attached.memory().discard(first << PAGE_SHIFT, (long) run << PAGE_SHIFT);
        }
        return Future.succeededFuture();
    }

    private void statisticsCame(BufferQueue queue) {
        statisticsQueue = queue;
        if (asking != null) {
            return;
        }
        Request request = queue.take();
        if (request == null) {
            return;
        }
        GuestBuffer values = request.readable();
        int count = (int) Math.min(MOST_STATISTICS, values.length() / STATISTIC_BYTES);
        Map<Integer, Long> said = new HashMap<>();
        for (int i = 0; i < count; i++) {
            long at = (long) i * STATISTIC_BYTES;
            said.put(values.getShort(at) & 0xffff, values.getLong(at + Short.BYTES));
        }
        statistics = Map.copyOf(said);
        asking = request;
    }
}
