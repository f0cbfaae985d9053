package io.paravert.devices.window;

import io.paravert.abi.DeviceType;
import io.paravert.device.ClaimException;
import io.paravert.device.Device;
import io.paravert.device.DeviceIdentity;
import io.paravert.device.DeviceSite;
import io.paravert.device.EventLine;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * One guest's side of a {@link SharedWindow}. The guest finds where it lies, and its peer's guest number, in the list of
 * devices. Its event {@link #DOORBELL} says that the peer has rung, {@link #PEER} that it has come or gone; a channel that is
 * bound to {@link #DOORBELL} rings the peer when the guest sends it.
 */
public final class WindowDevice implements Device {
    /** Event: the peer rings, and is rung. */
    public static final int DOORBELL = 0;
    /** Event: the peer has come or gone. */
    public static final int PEER = 1;

    /** Where windows lie when nobody says: above all RAM that lies below 4 GiB, below PCI's and the devices' windows. */
    private static final long FIRST_GPA = 0xd000_0000L;

    private static final int PLACES = 8;

    private final WindowConfiguration configuration;
    private @Nullable Attached attached;

    private record Attached(SharedWindow window, SharedWindow.Side side) {}

    public WindowDevice(WindowConfiguration configuration) {
        this.configuration = configuration;
    }

    @Override
    public DeviceIdentity identity() {
        Attached here = attached;
        return new DeviceIdentity(DeviceType.WINDOW, 0, here == null ? 0 : here.window.peerOf(here.side), 0);
    }

    @Override
    public void attach(DeviceSite site) {
        SharedWindow.Side side = new GuestSide(site.guestNumber(), site.eventLine(DOORBELL), site.eventLine(PEER));
        long gpa = configuration.gpa() != 0
                ? configuration.gpa()
                : FIRST_GPA + site.number() % PLACES * WindowConfiguration.MOST_BYTES;
        SharedWindow window;
        try {
            window = SharedWindow.enter(configuration.name(), configuration.bytes(), side);
        } catch (IllegalArgumentException e) {
            throw new ClaimException(site.name() + ": " + e.getMessage());
        }
        // A machine that never starts stops no device: what leaves a side to another is then this.
        Runnable released = () -> {
            window.leave(side);
            window.release();
        };
        try {
            site.mapMemory(gpa, configuration.bytes(), window.address(), released);
        } catch (ClaimException e) {
            released.run();
            throw e;
        }
        site.onEvent(event -> {
            if (event == DOORBELL) {
                window.ring(side);
            }
        });
        attached = new Attached(window, side);
    }

    @Override
    public Future<Void> stop() {
        Attached here = attached;
        if (here != null) {
            here.window.leave(here.side);
        }
        return Future.succeededFuture();
    }

    /** What the peer does, passed on to the guest. */
    private record GuestSide(int guest, EventLine doorbell, EventLine peer) implements SharedWindow.Side {
        @Override
        public void rung() {
            doorbell.raise();
        }

        @Override
        public void peerChanged(int number) {
            peer.raise();
        }
    }
}
