package io.paravert.devices.block;

import io.paravert.abi.DeviceFlag;
import io.paravert.abi.DeviceType;
import io.paravert.device.Device;
import io.paravert.device.DeviceIdentity;
import io.paravert.device.DeviceSite;
import io.paravert.devices.DevicePaths;
import io.paravert.devices.path.CallPath;
import io.paravert.virtio.OffersVirtio;
import io.paravert.virtio.VirtioDevice;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The block device on all of its paths at once; a guest takes the one it likes. */
public final class BlockDevice implements Device, OffersVirtio {
    private final BlockStore store;
    private final Settings settings;
    private @Nullable DevicePaths paths;

    /**
     * What it says and where it stands.
     *
     * @param id what virtio's GET_ID answers
     * @param busyPoll how long a virtio queue is looked at before the driver has to notify, 0 to 1 ms
     * @param queues of the virtio device, 1 to {@link #MOST_QUEUES}
     * @param inOrder whether virtio's IN_ORDER is offered; a driver that takes it gets a request that was fast only behind a slow
     *     one that came before
     */
    public record Settings(String id, DevicePaths.Place place, Duration busyPoll, int queues, boolean inOrder) {
        public static final int MOST_QUEUES = 16;
        public static final Settings USUAL = new Settings("paravert", DevicePaths.Place.USUAL, Duration.ZERO, 1, false);

        public Settings {
            if (queues < 1 || queues > MOST_QUEUES) {
                throw new IllegalArgumentException("queues=" + queues + ": give 1 to " + MOST_QUEUES);
            }
        }

        public Settings withId(String name) {
            return new Settings(name, place, busyPoll, queues, inOrder);
        }

        /** The same with another time to look at a virtio queue. */
        public Settings withBusyPoll(Duration longest) {
            return new Settings(id, place, longest, queues, inOrder);
        }

        public Settings withQueues(int number) {
            return new Settings(id, place, busyPoll, number, inOrder);
        }

        public Settings withInOrder() {
            return new Settings(id, place, busyPoll, queues, true);
        }
    }

    public BlockDevice(BlockStore store, Settings settings) {
        this.store = store;
        this.settings = settings;
    }

    static DeviceIdentity identity(BlockStore store) {
        int flags = store.isReadOnly() ? DeviceFlag.READ_ONLY : DeviceFlag.DISCARD | DeviceFlag.WRITE_ZEROES;
        return new DeviceIdentity(DeviceType.BLOCK, flags, store.sectors(), 0);
    }

    @Override
    public VirtioDevice virtio() {
        return VirtioBlock.owning(store, settings);
    }

    @Override
    public DeviceIdentity identity() {
        return identity(store);
    }

    @Override
    public void attach(DeviceSite site) {
        BlockService service = new BlockService(store);
        DevicePaths attached = new DevicePaths(
                site,
                settings.place(),
                identity(),
                service,
                CallPath.ofBlock(service, site.memory())::handle,
                VirtioBlock.sharing(service, settings));
        store.attach(attached.completions());
        paths = attached;
    }

    private DevicePaths paths() {
        DevicePaths attached = paths;
        if (attached == null) {
            throw new IllegalStateException("the device was not attached");
        }
        return attached;
    }

    @Override
    public Future<Void> start() {
        return paths().start();
    }

    @Override
    public Future<Void> stop() {
        return paths().stop().eventually(store::close);
    }
}
