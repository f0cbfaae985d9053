package io.paravert.devices.ring;

import io.paravert.abi.PvError;
import io.paravert.abi.RingMode;
import io.paravert.device.DeviceError;
import io.paravert.device.DeviceSite;
import io.paravert.device.GuestAddressException;
import io.paravert.device.GuestMemoryView;
import io.paravert.device.RingService;
import io.paravert.devices.path.Completions;
import io.paravert.devices.path.IoService;
import io.vertx.core.Future;
import java.util.List;

/** The path of shared-memory rings: give it to {@link DeviceSite#serveRings}. */
public final class RingPath implements RingService {
    private final IoService service;
    private final GuestMemoryView memory;
    private final RingLoop loop;
    private final boolean pollingPermitted;

    /** @param pollingPermitted whether a guest may ask for RingMode.POLLING, which burns host time while the guest is idle */
    public RingPath(IoService service, DeviceSite site, Completions completions, boolean pollingPermitted) {
        this.service = service;
        this.memory = site.memory();
        this.loop = new RingLoop(site.vertx(), completions);
        this.pollingPermitted = pollingPermitted;
    }

    @Override
    public Future<Ring> open(RingRequest request) {
        ServedRing ring;
        try {
            RingGeometry geometry = RingGeometry.read(memory, request.gpa());
            if (geometry.mode() == RingMode.POLLING && !pollingPermitted) {
                return Future.failedFuture(new DeviceError(PvError.EPERM, "polling rings are not permitted here"));
            }
            ring = new ServedRing(request, geometry, memory, service, loop);
        } catch (DeviceError e) {
            return Future.failedFuture(e);
        } catch (GuestAddressException e) {
            return Future.failedFuture(new DeviceError(PvError.EFAULT, "the ring is not in guest memory"));
        }
        loop.add(ring);
        loop.run();
        return Future.succeededFuture(ring);
    }

    /** Closes all rings that are still served. On the device's context. */
    public Future<Void> close() {
        List<Future<Void>> closing =
                loop.rings().stream().map(ServedRing::close).toList();
        return Future.all(closing).transform(closed -> loop.settle());
    }
}
