package io.paravert.devices.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Against the host's own kernel, where it permits; skipped elsewhere. */
class TapTest {
    private static final long PATIENCE = 20;
    private static final int ETHERTYPE_ARP = 0x0806;
    private static final byte[] HOST = {10, (byte) 213, 77, 1};
    private static final byte[] GUEST = {10, (byte) 213, 77, 2};

    private static boolean ip(String... words) throws IOException, InterruptedException {
        String[] command = new String[words.length + 1];
        command[0] = "ip";
        System.arraycopy(words, 0, command, 1, words.length);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(PATIENCE, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    /** "Who has the host's address?", RFC 826. */
    private static byte[] question() {
        ByteBuffer frame = ByteBuffer.allocate(60);
        frame.put(new byte[] {-1, -1, -1, -1, -1, -1}).put(new byte[] {2, 0, 0, 0, 0, 0x0a});
        frame.putShort((short) ETHERTYPE_ARP).putShort((short) 1).putShort((short) 0x0800);
        frame.put((byte) 6).put((byte) 4).putShort((short) 1);
        frame.put(new byte[] {2, 0, 0, 0, 0, 0x0a}).put(GUEST).put(new byte[6]).put(HOST);
        return frame.array();
    }

    private static boolean isAnswer(byte[] frame) {
        ByteBuffer arp = ByteBuffer.wrap(frame);
        return frame.length >= 42
                && arp.getShort(12) == ETHERTYPE_ARP
                && arp.getShort(20) == 2
                && Arrays.equals(Arrays.copyOfRange(frame, 28, 32), HOST);
    }

    @Test
    void shouldBeAnsweredByTheHostsKernel() throws Exception {
        String name = "pvt" + ProcessHandle.current().pid() % 1_000_000;
        TapBackend tap;
        try {
            tap = new TapBackend(name);
        } catch (IllegalArgumentException e) {
            assumeTrue(false, e.getMessage());
            return;
        }
        Vertx vertx = Vertx.vertx();
        BlockingQueue<byte[]> got = new LinkedBlockingQueue<>();
        try {
            assumeTrue(ip("addr", "add", "10.213.77.1/24", "dev", name) && ip("link", "set", name, "up"), "no ip(8)");
            tap.start(vertx, new NetInput() {
                @Override
                public boolean deliver(byte[] bytes, int offset, int length) {
                    return got.add(Arrays.copyOfRange(bytes, offset, offset + length));
                }

                @Override
                public void linkChanged(boolean up) {}
            });
            assertThat(tap.send(question(), 60)).isTrue();
            byte[] frame;
            do {
                frame = got.poll(PATIENCE, TimeUnit.SECONDS);
                assertThat(frame).as("an answer within %d s", PATIENCE).isNotNull();
            } while (!isAnswer(frame));
        } finally {
            tap.stop();
            vertx.close();
        }
        assertThat(ip("link", "show", name)).as("it goes with its last user").isFalse();
    }

    @Test
    void shouldSayWhatIsWrongWithAName() {
        assertThatThrownBy(() -> new TapBackend("a name that is too long"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("give a name of 1 to 15");
    }

    @Test
    void shouldSayWhyTheHostRefuses() {
        assertThatThrownBy(() -> new TapBackend("lo"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("tap=lo: .+ \\(errno \\d+\\); .+");
    }
}
