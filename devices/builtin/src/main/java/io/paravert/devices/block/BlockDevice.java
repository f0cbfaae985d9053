package io.paravert.devices.block;

import io.paravert.abi.DeviceFlag;
import io.paravert.abi.DeviceType;
import io.paravert.device.Device;
import io.paravert.device.DeviceIdentity;
import io.paravert.device.DeviceSite;
import io.paravert.devices.path.CallPath;
import io.paravert.devices.path.Completions;
import io.paravert.devices.path.Placement;
import io.paravert.devices.path.RegisterPath;
import io.paravert.devices.ring.RingPath;
import io.paravert.virtio.mmio.VirtioMmioDevice;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** The block device on all of its paths at once; a guest takes the one it likes. */
public final class BlockDevice implements Device {
    private final BlockStore store;
    private final Settings settings;
    private @Nullable Parts parts;

    /**
     * Where it stands.
     *
     * @param id what virtio's GET_ID answers
     * @param port first of its ports, -1 to choose by its number
     * @param mmio GPA of its window of {@link Placement#WINDOW_BYTES}, -1 to choose by its number
     * @param polling whether rings may poll for ever
     */
    public record Settings(String id, int port, long mmio, boolean polling) {
        public static final Settings USUAL = new Settings("paravert", -1, -1, true);
    }

    private record Parts(Completions completions, RingPath rings, VirtioMmioDevice virtio) {}

    public BlockDevice(BlockStore store, Settings settings) {
        this.store = store;
        this.settings = settings;
    }

    static DeviceIdentity identity(BlockStore store) {
        int flags = store.isReadOnly() ? DeviceFlag.READ_ONLY : DeviceFlag.DISCARD | DeviceFlag.WRITE_ZEROES;
        return new DeviceIdentity(DeviceType.BLOCK, flags, store.sectors(), 0);
    }

    @Override
    public DeviceIdentity identity() {
        return identity(store);
    }

    @Override
    public void attach(DeviceSite site) {
        BlockService service = new BlockService(store);
        int port = settings.port() >= 0 ? settings.port() : Placement.ports(site.number());
        long mmio = settings.mmio() >= 0 ? settings.mmio() : Placement.window(site.number());
        new RegisterPath(service, site.memory(), identity(), 0).claimPorts(site, port);
        new RegisterPath(service, site.memory(), identity(), (int) Placement.VIRTIO_OFFSET).claimMmio(site, mmio);
        site.serveDeviceCalls(CallPath.ofBlock(service, site.memory())::handle);
        Completions completions = new Completions(site.vertx());
        RingPath rings = new RingPath(service, site, completions, settings.polling());
        site.serveRings(rings);
        VirtioBlock block = new VirtioBlock(service, settings.id());
        // The guest of the PV ABI hears of used buffers by event 0; there is no line to a PC's interrupt controller
        // here.
        VirtioMmioDevice virtio = new VirtioMmioDevice(block, mmio + Placement.VIRTIO_OFFSET, level -> {});
        virtio.attach(site);
        store.attach(completions);
        parts = new Parts(completions, rings, virtio);
    }

    private Parts parts() {
        Parts attached = parts;
        if (attached == null) {
            throw new IllegalStateException("the device was not attached");
        }
        return attached;
    }

    @Override
    public Future<Void> start() {
        parts().completions().start();
        return parts().virtio().start();
    }

    @Override
    public Future<Void> stop() {
        return parts().rings().close().eventually(() -> parts().virtio().stop()).eventually(store::close);
    }
}
