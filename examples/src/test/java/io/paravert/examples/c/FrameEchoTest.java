package io.paravert.examples.c;

import static io.paravert.guest.junit.GuestRunAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.devices.DevicePaths;
import io.paravert.devices.net.NetDevice;
import io.paravert.devices.net.NetIdentity;
import io.paravert.devices.net.Network;
import io.paravert.guest.GuestProgram;
import io.paravert.guest.junit.GuestHost;
import io.paravert.guest.junit.GuestTest;
import io.paravert.guest.junit.RunningGuest;

/** Two guests in C on one network, on every engine, over every path. */
class FrameEchoTest {
    private static void echo(GuestHost host, FrameEchoC.Path path) {
        RequiresCompiler.check();
        GuestProgram program = FrameEchoC.program();
        Network network = new Network();
        NetDevice one = new NetDevice(network.port(), NetIdentity.random(), DevicePaths.Place.USUAL);
        NetDevice two = new NetDevice(network.port(), NetIdentity.random(), DevicePaths.Place.USUAL);
        try (RunningGuest server = host.start(program, FrameEchoC.server(path), config -> config.device("net", one));
                RunningGuest client =
                        host.start(program, FrameEchoC.client(path), config -> config.device("net", two))) {
            assertThat(client.await()).hasExited(0).hasPrinted(FrameEchoC.FRAMES + " frames came back as they were\n");
            assertThat(server.await()).hasExited(0).hasPrinted(FrameEchoC.FRAMES + " frames sent back\n");
        }
        assertThat(one.counters().snapshot().sent()).isEqualTo(FrameEchoC.FRAMES);
        assertThat(two.counters().snapshot().received()).isEqualTo(FrameEchoC.FRAMES);
    }

    @GuestTest
    void overPorts(GuestHost host) {
        echo(host, FrameEchoC.Path.PORT);
    }

    @GuestTest
    void overMmio(GuestHost host) {
        echo(host, FrameEchoC.Path.MMIO);
    }

    @GuestTest
    void overCallsAndMulticalls(GuestHost host) {
        echo(host, FrameEchoC.Path.CALL);
    }

    @GuestTest
    void overVirtio(GuestHost host) {
        echo(host, FrameEchoC.Path.VIRTIO);
    }

    @GuestTest
    void overARingWithDoorbell(GuestHost host) {
        echo(host, FrameEchoC.Path.RING_DOORBELL);
    }

    @GuestTest
    void overAnAdaptiveRing(GuestHost host) {
        echo(host, FrameEchoC.Path.RING_ADAPTIVE);
    }

    @GuestTest
    void overAPollingRing(GuestHost host) {
        echo(host, FrameEchoC.Path.RING_POLLING);
    }
}
