package io.paravert.examples;

import static io.paravert.guest.junit.GuestRunAssert.assertThat;

import io.paravert.guest.junit.GuestHost;
import io.paravert.guest.junit.GuestTest;
import io.paravert.guest.junit.RunningGuest;
import io.paravert.vmm.pv.GuestDirectory;

class PacketEchoTest {
    @GuestTest
    void twoGuestsShouldEchoPacketsOverTheirWindow(GuestHost host) {
        GuestDirectory world = new GuestDirectory();
        try (RunningGuest server = host.start(PacketEcho.server(), config -> config.directory(world));
                RunningGuest client = host.start(PacketEcho.client(), config -> config.directory(world))) {
            assertThat(client.await()).hasExited(0).hasPrinted((PacketEcho.PACKET + "\n").repeat(PacketEcho.PACKETS));
            assertThat(server.await()).hasExited(0).hasPrinted("3 packets put back.\n");
        }
    }
}
