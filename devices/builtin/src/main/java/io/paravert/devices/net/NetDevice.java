package io.paravert.devices.net;

import io.paravert.device.Device;
import io.paravert.device.DeviceIdentity;
import io.paravert.device.DeviceSite;
import io.paravert.devices.DevicePaths;
import io.paravert.devices.path.CallPath;
import io.paravert.virtio.OffersVirtio;
import io.paravert.virtio.VirtioDevice;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The network interface on all of its paths at once; a guest takes the one it likes. Its event 0 says that a frame waits which
 * no path has asked for, or that virtio has used a buffer.
 */
public final class NetDevice implements Device, OffersVirtio {
    private final NetService service;
    private final DevicePaths.Place place;
    private @Nullable Attached attached;

    private record Attached(DevicePaths paths, Vertx vertx) {}

    public NetDevice(NetBackend backend, NetIdentity identity, DevicePaths.Place place) {
        this.service = new NetService(backend, identity);
        this.place = place;
    }

    public NetCounters counters() {
        return service.counters();
    }

    @Override
    public Map<String, Long> counts() {
        return service.counters().byName();
    }

    @Override
    public VirtioDevice virtio() {
        return new VirtioNet(service, true);
    }

    @Override
    public DeviceIdentity identity() {
        return service.identity().device();
    }

    @Override
    public void attach(DeviceSite site) {
        VirtioNet virtio = new VirtioNet(service, false);
        service.onArrival(site.eventLine(0)::raise);
        DevicePaths paths = new DevicePaths(
                site, place, identity(), service, CallPath.ofNet(service, site.memory())::handle, virtio);
        attached = new Attached(paths, site.vertx());
    }

    private Attached attached() {
        Attached here = attached;
        if (here == null) {
            throw new IllegalStateException("the device was not attached");
        }
        return here;
    }

    @Override
    public Future<Void> start() {
        Attached here = attached();
        return here.paths()
                .start()
                .compose(v -> service.start(here.vertx(), here.paths().completions()));
    }

    @Override
    public Future<Void> stop() {
        return attached().paths().stop().eventually(service::stop);
    }
}
