package io.paravert.devices.net;

import static io.paravert.devices.net.Frames.MAC_A;
import static io.paravert.devices.net.Frames.MAC_B;
import static io.paravert.devices.net.Frames.MAC_C;
import static io.paravert.devices.net.Frames.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NetworkTest {
    private static final long BROADCAST = 0xffff_ffff_ffffL;

    private final Vertx vertx = Vertx.vertx();
    private final Network network = new Network();
    private final Host a = new Host(network.port());
    private final Host b = new Host(network.port());
    private final Host c = new Host(network.port());

    /** What stands at a port. */
    private final class Host implements NetInput {
        final NetBackend port;
        final List<byte[]> got = new ArrayList<>();
        boolean slow;

        Host(NetBackend port) {
            this.port = port;
            port.start(vertx, this);
        }

        @Override
        public boolean deliver(byte[] bytes, int offset, int length) {
            if (!slow) {
                got.add(Arrays.copyOfRange(bytes, offset, offset + length));
            }
            return !slow;
        }

        @Override
        public void linkChanged(boolean up) {}

        boolean send(long to, long from) {
            return port.send(frame(to, from, 60), 60);
        }
    }

    @AfterEach
    void close() {
        vertx.close();
    }

    @Test
    void shouldFloodWhatItDoesNotKnowAndLearn() {
        assertThat(a.send(MAC_B, MAC_A)).isTrue();
        assertThat(b.got).hasSize(1);
        assertThat(c.got).hasSize(1);
        assertThat(a.got).isEmpty();
        assertThat(b.send(MAC_A, MAC_B)).isTrue();
        assertThat(a.got).containsExactly(frame(MAC_A, MAC_B, 60));
        assertThat(c.got).as("not for c").hasSize(1);
        a.send(MAC_B, MAC_A);
        assertThat(b.got).hasSize(2);
        assertThat(c.got).hasSize(1);
    }

    @Test
    void shouldFloodBroadcastsAndGroups() {
        a.send(MAC_B, MAC_A);
        a.send(BROADCAST, MAC_B);
        b.send(MAC_C | 1, MAC_B);
        assertThat(c.got).hasSize(3);
    }

    @Test
    void shouldFollowAnAddressThatMoves() {
        b.send(BROADCAST, MAC_B);
        c.send(BROADCAST, MAC_B);
        a.send(MAC_B, MAC_A);
        assertThat(b.got).as("only c's broadcast").hasSize(1);
        assertThat(c.got).hasSize(2);
    }

    @Test
    void shouldTellTheSenderThatTheReceiverIsTooSlow() {
        b.send(BROADCAST, MAC_B);
        b.slow = true;
        assertThat(a.send(MAC_B, MAC_A)).isFalse();
        assertThat(a.send(BROADCAST, MAC_A))
                .as("a flooded frame has no one receiver")
                .isTrue();
    }

    @Test
    void shouldForgetAPortThatHasLeft() {
        b.send(BROADCAST, MAC_B);
        b.port.stop();
        assertThat(a.send(MAC_B, MAC_A)).isTrue();
        assertThat(b.got).isEmpty();
        assertThat(c.got).as("flooded again").hasSize(2);
    }

    @Test
    void shouldJoinPortsOfOneNameOnly() {
        Host one = new Host(Network.port("test-lan"));
        Host two = new Host(Network.port("test-lan"));
        Host other = new Host(Network.port("test-other"));
        one.send(BROADCAST, MAC_A);
        assertThat(two.got).hasSize(1);
        assertThat(other.got).isEmpty();
        one.port.stop();
        two.port.stop();
        Host later = new Host(Network.port("test-lan"));
        later.send(BROADCAST, MAC_C);
        assertThat(two.got).as("it has left").hasSize(1);
        later.port.stop();
        other.port.stop();
    }

    @Test
    void shouldNotGrowWithTheAddressesThatAGuestInvents() {
        for (int i = 0; i < 100_000; i++) {
            a.send(MAC_B, (long) i << 8 | 2);
        }
        b.send(BROADCAST, MAC_B);
        a.send(MAC_B, MAC_A);
        assertThat(b.got.get(b.got.size() - 1)).isEqualTo(frame(MAC_B, MAC_A, 60));
    }
}
