package io.paravert.devices.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * QEMU at the other end of the socket: its boot ROM asks for an address by DHCP, is offered one, and asks for that one, so that frames
 * went both ways. Skipped without QEMU and its ROMs. It takes the seconds that QEMU's firmware takes to get there.
 */
class QemuPeerTest {
    private static final long PATIENCE = 90;
    private static final Path ROM = Path.of("/usr/lib/ipxe/qemu/pxe-virtio.rom");

    private static final byte[] SERVER = {10, (byte) 213, 78, 1};
    private static final byte[] OFFERED = {10, (byte) 213, 78, 99};
    private static final byte[] SERVER_MAC = {2, 0, 0, 0, 0, 1};

    /** Offsets in a frame: Ethernet, IPv4 without options, UDP (RFC 791, 768), then BOOTP (RFC 951, 2131). */
    private static final int IP = 14;

    private static final int UDP = IP + 20;
    private static final int BOOTP = UDP + 8;
    private static final int OPTIONS = BOOTP + 240;
    private static final int DISCOVER = 1;
    private static final int OFFER = 2;
    private static final int REQUEST = 3;

    private final BlockingQueue<byte[]> got = new LinkedBlockingQueue<>();

    /** The value of a DHCP option, empty if it is not there. */
    private static byte[] option(byte[] frame, int code) {
        for (int at = OPTIONS; at + 1 < frame.length && (frame[at] & 0xff) != 255; ) {
            int length = frame[at] == 0 ? -1 : frame[at + 1] & 0xff;
            if (frame[at] == code && at + 2 + length <= frame.length) {
                return Arrays.copyOfRange(frame, at + 2, at + 2 + length);
            }
            at += 2 + length;
        }
        return new byte[0];
    }

    private static boolean isDhcp(byte[] frame, int message) {
        return frame.length > OPTIONS
                && frame[12] == 8
                && frame[13] == 0
                && ByteBuffer.wrap(frame).getShort(UDP + 2) == 67
                && Arrays.equals(option(frame, 53), new byte[] {(byte) message});
    }

    private byte[] await(int message) throws InterruptedException {
        byte[] frame;
        do {
            frame = got.poll(PATIENCE, TimeUnit.SECONDS);
            assertThat(frame)
                    .as("DHCP message %d within %d s", message, PATIENCE)
                    .isNotNull();
        } while (!isDhcp(frame, message));
        return frame;
    }

    private static byte[] offer(byte[] discover) {
        ByteBuffer frame = ByteBuffer.allocate(OPTIONS + 32);
        frame.put(discover, 6, 6).put(SERVER_MAC).putShort((short) 0x0800);
        int length = frame.capacity() - IP;
        frame.putShort((short) 0x4500).putShort((short) length).putInt(0).putShort((short) 0x4011);
        frame.putShort((short) 0).put(SERVER).putInt(-1);
        frame.putShort((short) 67)
                .putShort((short) 68)
                .putShort((short) (length - 20))
                .putShort((short) 0);
        frame.put((byte) 2).put((byte) 1).put((byte) 6).put((byte) 0).put(discover, BOOTP + 4, 4);
        frame.putInt(0).putInt(0).put(OFFERED).put(SERVER).putInt(0).put(discover, BOOTP + 28, 16);
        frame.position(BOOTP + 236);
        frame.putInt(0x63825363);
        frame.put(new byte[] {53, 1, OFFER, 54, 4})
                .put(SERVER)
                .put(new byte[] {51, 4, 0, 0, 14, 16, 1, 4, -1, -1, -1, 0, -1});
        int sum = 0;
        for (int i = IP; i < UDP; i += 2) {
            sum += frame.getShort(i) & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        frame.putShort(IP + 10, (short) ~(sum + (sum >>> 16)));
        return frame.array();
    }

    private Process qemu(String netdev) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("qemu-system-x86_64", "-accel", "tcg", "-m", "64", "-display", "none"));
        command.addAll(List.of("-nodefaults", "-boot", "n", "-netdev", netdev, "-device", "virtio-net-pci,netdev=n"));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private void talk(String socket, String netdev) throws Exception {
        boolean there = Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(p -> Files.isExecutable(Path.of(p, "qemu-system-x86_64")));
        assumeTrue(there && Files.exists(ROM), "qemu-system-x86_64 with iPXE's ROMs is not installed");
        Vertx vertx = Vertx.vertx();
        NetBackend backend = SocketBackends.of(socket);
        backend.start(vertx, new NetInput() {
                    @Override
                    public boolean deliver(byte[] bytes, int offset, int length) {
                        return got.add(Arrays.copyOfRange(bytes, offset, offset + length));
                    }

                    @Override
                    public void linkChanged(boolean up) {}
                })
                .toCompletionStage()
                .toCompletableFuture()
                .get(PATIENCE, TimeUnit.SECONDS);
        Process qemu = qemu(netdev);
        try {
            byte[] offer = offer(await(DISCOVER));
            assertThat(backend.send(offer, offer.length)).isTrue();
            assertThat(option(await(REQUEST), 50))
                    .as("the address that it asks for")
                    .isEqualTo(OFFERED);
        } finally {
            qemu.destroyForcibly().waitFor();
            backend.stop().toCompletionStage().toCompletableFuture().get(PATIENCE, TimeUnit.SECONDS);
            vertx.close();
        }
    }

    @Test
    void shouldTalkToNetdevStream() throws Exception {
        int port = FreePort.next();
        talk("listen:127.0.0.1:" + port, "stream,id=n,server=off,addr.type=inet,addr.host=127.0.0.1,addr.port=" + port);
    }

    @Test
    void shouldTalkToNetdevDgram() throws Exception {
        int here = FreePort.next();
        int there = FreePort.next();
        talk(
                "udp:" + here + ":127.0.0.1:" + there,
                "dgram,id=n,local.type=inet,local.host=127.0.0.1,local.port=" + there
                        + ",remote.type=inet,remote.host=127.0.0.1,remote.port=" + here);
    }
}
