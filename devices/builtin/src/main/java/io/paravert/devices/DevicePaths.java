package io.paravert.devices;

import io.paravert.device.DeviceIdentity;
import io.paravert.device.DeviceSite;
import io.paravert.device.HypercallHandler;
import io.paravert.devices.path.Completions;
import io.paravert.devices.path.IoService;
import io.paravert.devices.path.Placement;
import io.paravert.devices.path.RegisterPath;
import io.paravert.devices.ring.RingPath;
import io.paravert.virtio.VirtioDevice;
import io.paravert.virtio.mmio.VirtioMmioDevice;
import io.vertx.core.Future;

/** All paths to one device's logic at once; a guest takes the one it likes. Made while the device is attached. */
public final class DevicePaths {
    private final Completions completions;
    private final RingPath rings;
    private final VirtioMmioDevice virtio;

    /**
     * Where the paths begin.
     *
     * @param port first port of the registers, -1 to choose by the device's number
     * @param mmio GPA of its window of {@link Placement#WINDOW_BYTES}, -1 to choose by the device's number
     * @param polling whether rings may poll for ever
     */
    public record Place(int port, long mmio, boolean polling) {
        public static final Place USUAL = new Place(-1, -1, true);

        private static final int LAST_PORT = 0xffc0;
        private static final int PAGE = 4096;

        /**
         * As options give it, with 0 for "choose".
         *
         * @throws IllegalArgumentException one line that says what may be given
         */
        public static Place of(int port, long mmio, boolean polling) {
            if (port < 0 || port > LAST_PORT) {
                throw new IllegalArgumentException("port=" + port + ": give 1 to " + LAST_PORT);
            }
            if (mmio < 0 || mmio % PAGE != 0) {
                throw new IllegalArgumentException("mmio=" + mmio + ": give a multiple of " + PAGE + " outside RAM");
            }
            return new Place(port == 0 ? -1 : port, mmio == 0 ? -1 : mmio, polling);
        }
    }

    /**
     * Claims them.
     *
     * @param calls the calls of the ABI that name the device
     * @param virtio the same logic as a virtio device
     */
    public DevicePaths(
            DeviceSite site,
            Place place,
            DeviceIdentity identity,
            IoService service,
            HypercallHandler calls,
            VirtioDevice virtio) {
        int port = place.port() >= 0 ? place.port() : Placement.ports(site.number());
        long mmio = place.mmio() >= 0 ? place.mmio() : Placement.window(site.number());
        new RegisterPath(service, site.memory(), identity, 0).claimPorts(site, port);
        new RegisterPath(service, site.memory(), identity, (int) Placement.VIRTIO_OFFSET).claimMmio(site, mmio);
        site.serveDeviceCalls(calls);
        completions = new Completions(site.vertx());
        rings = new RingPath(service, site, completions, place.polling());
        site.serveRings(rings);
        // The guest of the PV ABI hears of used buffers by event 0; there is no line to a PC's interrupt controller
        // here.
        this.virtio = new VirtioMmioDevice(virtio, mmio + Placement.VIRTIO_OFFSET, level -> {});
        this.virtio.attach(site);
    }

    /** How results come from other threads. */
    public Completions completions() {
        return completions;
    }

    public Future<Void> start() {
        completions.start();
        return virtio.start();
    }

    /** Completes when no path has anything under way. */
    public Future<Void> stop() {
        return rings.close().eventually(virtio::stop);
    }
}
