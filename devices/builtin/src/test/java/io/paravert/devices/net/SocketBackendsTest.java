package io.paravert.devices.net;

import static io.paravert.devices.net.Frames.MAC_A;
import static io.paravert.devices.net.Frames.MAC_B;
import static io.paravert.devices.net.Frames.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketBackendsTest {
    private static final long PATIENCE = 20;

    private final Vertx vertx = Vertx.vertx();

    /** What stands behind a back end. */
    private final class Host implements NetInput {
        final NetBackend backend;
        final BlockingQueue<byte[]> got = new LinkedBlockingQueue<>();
        final BlockingQueue<Boolean> link = new LinkedBlockingQueue<>();

        Host(String socket) throws Exception {
            backend = SocketBackends.of(socket);
            backend.start(vertx, this).toCompletionStage().toCompletableFuture().get(PATIENCE, TimeUnit.SECONDS);
        }

        @Override
        public boolean deliver(byte[] bytes, int offset, int length) {
            return got.add(Arrays.copyOfRange(bytes, offset, offset + length));
        }

        @Override
        public void linkChanged(boolean up) {
            link.add(up);
        }

        void send(byte[] frame) {
            assertThat(backend.send(frame, frame.length)).isTrue();
        }

        void stop() throws Exception {
            backend.stop().toCompletionStage().toCompletableFuture().get(PATIENCE, TimeUnit.SECONDS);
        }
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T item = queue.poll(PATIENCE, TimeUnit.SECONDS);
        assertThat(item).as("within %d s", PATIENCE).isNotNull();
        return item;
    }

    /** The kernel may keep the port of a connection that has just ended for a moment. */
    private Host listenAgain(int port) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
        while (true) {
            try {
                return new Host("listen:127.0.0.1:" + port);
            } catch (java.util.concurrent.ExecutionException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                Thread.sleep(20);
            }
        }
    }

    @AfterEach
    void close() {
        vertx.close();
    }

    @Test
    void shouldCarryFramesBothWaysOverOneConnection() throws Exception {
        int port = FreePort.next();
        Host connecting = new Host("connect:127.0.0.1:" + port);
        Host listening = new Host("listen:127.0.0.1:" + port);
        for (Host host : new Host[] {connecting, listening}) {
            assertThat(next(host.link)).isFalse();
            assertThat(next(host.link)).as("it came, though one side was first").isTrue();
        }
        for (int length : new int[] {14, 1514, 65550}) {
            connecting.send(frame(MAC_B, MAC_A, length));
            assertThat(next(listening.got)).isEqualTo(frame(MAC_B, MAC_A, length));
            listening.send(frame(MAC_A, MAC_B, length));
            assertThat(next(connecting.got)).isEqualTo(frame(MAC_A, MAC_B, length));
        }
        listening.stop();
        assertThat(next(connecting.link)).as("the peer has gone").isFalse();
        assertThat(connecting.backend.send(frame(MAC_B, MAC_A, 60), 60)).isFalse();
        Host again = listenAgain(port);
        assertThat(next(connecting.link)).as("and another has come").isTrue();
        connecting.stop();
        again.stop();
    }

    @Test
    void shouldSpeakLengthAndFrameAsQemuDoes() throws Exception {
        int port = FreePort.next();
        Host host = new Host("listen:127.0.0.1:" + port);
        try (Socket qemu = new Socket("127.0.0.1", port)) {
            qemu.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE));
            DataOutputStream out = new DataOutputStream(qemu.getOutputStream());
            byte[] frame = frame(MAC_A, MAC_B, 60);
            // Cut where it hurts: within the length, and within the frame.
            byte[] wire = new byte[64];
            wire[3] = 60;
            System.arraycopy(frame, 0, wire, 4, 60);
            out.write(wire, 0, 2);
            out.flush();
            out.write(wire, 2, 30);
            out.flush();
            out.write(wire, 32, 32);
            out.flush();
            assertThat(next(host.got)).isEqualTo(frame);
            host.send(frame(MAC_B, MAC_A, 100));
            DataInputStream in = new DataInputStream(qemu.getInputStream());
            assertThat(in.readInt()).isEqualTo(100);
            assertThat(in.readNBytes(100)).isEqualTo(frame(MAC_B, MAC_A, 100));
        }
        host.stop();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 13, 65551, -1, Integer.MIN_VALUE})
    void shouldHangUpOnAPeerThatSaysAnImpossibleLength(int length) throws Exception {
        int port = FreePort.next();
        Host host = new Host("listen:127.0.0.1:" + port);
        try (Socket peer = new Socket("127.0.0.1", port)) {
            peer.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE));
            DataOutputStream out = new DataOutputStream(peer.getOutputStream());
            out.writeInt(length);
            out.flush();
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(host.got).isEmpty();
        try (Socket next = new Socket("127.0.0.1", port)) {
            DataOutputStream out = new DataOutputStream(next.getOutputStream());
            out.writeInt(60);
            out.write(frame(MAC_A, MAC_B, 60));
            out.flush();
            assertThat(next(host.got)).as("the next peer is heard").hasSize(60);
        }
        host.stop();
    }

    @Test
    void shouldCarryOneFrameInADatagram() throws Exception {
        int one = FreePort.next();
        int two = FreePort.next();
        Host a = new Host("udp:" + one + ":127.0.0.1:" + two);
        Host b = new Host("udp:" + two + ":127.0.0.1:" + one);
        a.send(frame(MAC_B, MAC_A, 1514));
        assertThat(next(b.got)).isEqualTo(frame(MAC_B, MAC_A, 1514));
        b.send(frame(MAC_A, MAC_B, 60));
        assertThat(next(a.got)).isEqualTo(frame(MAC_A, MAC_B, 60));
        assertThat(a.backend.send(new byte[65550], 65550))
                .as("no datagram is so long")
                .isFalse();
        try (DatagramSocket stranger = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            byte[] frame = frame(MAC_A, MAC_B, 80);
            stranger.send(new java.net.DatagramPacket(frame, 80, InetAddress.getLoopbackAddress(), one));
        }
        b.send(frame(MAC_A, MAC_B, 61));
        assertThat(next(a.got)).as("the stranger's is not heard").hasSize(61);
        a.stop();
        b.stop();
    }

    @Test
    void shouldSayWhichPortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DatagramSocket busy = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            int tcp = taken.getLocalPort();
            assertThatThrownBy(() -> new Host("listen:127.0.0.1:" + tcp))
                    .hasMessageMatching(
                            ".*cannot listen on TCP 127.0.0.1:" + tcp + " \\(.+\\); give another port or address");
            int udp = busy.getLocalPort();
            assertThatThrownBy(() -> new Host("udp:" + udp + ":127.0.0.1:1"))
                    .hasMessageMatching(
                            ".*cannot listen on UDP 127.0.0.1:" + udp + " \\(.+\\); give another port or address");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "listen",
                "listen:127.0.0.1",
                "listen::1",
                "connect:h:0",
                "connect:h:65536",
                "udp:1:h",
                "tcp:h:1"
            })
    void shouldSayWhatMayBeGiven(String text) {
        assertThatThrownBy(() -> SocketBackends.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("socket=" + text + ": give listen:HOST:PORT");
    }
}
