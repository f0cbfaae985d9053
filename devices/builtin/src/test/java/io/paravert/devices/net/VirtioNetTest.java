package io.paravert.devices.net;

import static io.paravert.devices.net.Frames.MAC_A;
import static io.paravert.devices.net.Frames.MAC_B;
import static io.paravert.devices.net.Frames.MAC_C;
import static io.paravert.devices.net.Frames.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.devices.VirtioBench;
import io.paravert.testkit.DriverBuffer;
import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.MmioDriver;
import io.paravert.testkit.Used;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Virtio 1.2, 5.1. */
class VirtioNetTest {
    private static final long MRG_RXBUF = 1 << 15;
    private static final long STATUS = 1 << 16;
    private static final long CTRL_VQ = 1 << 17;
    private static final long CTRL_RX = 1 << 18;
    private static final int HEADER = 12;
    private static final byte[] NO_HEADER = new byte[HEADER];

    private final HeldBackend backend = new HeldBackend();
    private final VirtioNet device = new VirtioNet(backend, new NetIdentity(MAC_A, NetIdentity.USUAL_MTU));
    private final VirtioBench bench = new VirtioBench(device);

    @AfterEach
    void close() {
        assertThat(bench.machine.uncaught()).isEmpty();
        bench.close();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private void deliver(byte[] frame) {
        assertThat(backend.deliver(frame)).isTrue();
        bench.machine.settle();
    }

    /** What the device put into a buffer, behind its header. */
    private byte[] received(DriverQueue queue, long gpa) {
        byte[] all = bench.await(queue, gpa);
        assertThat(Arrays.copyOf(all, HEADER)).isEqualTo(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0});
        return Arrays.copyOfRange(all, HEADER, all.length);
    }

    private NetCounters.Snapshot counters() {
        return device.counters().snapshot();
    }

    private int control(DriverQueue queue, int... bytes) {
        byte[] command = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            command[i] = (byte) bytes[i];
        }
        long answer = bench.bytes((byte) 0x5a);
        Used used = queue.exchange(DriverBuffer.of(
                DriverBuffer.readable(bench.bytes(command), command.length), DriverBuffer.writable(answer, 1)));
        assertThat(used.length()).isEqualTo(1);
        return bench.memory().getByte(answer);
    }

    @Test
    void shouldSayWhoItIsAndOfferNoOffloads() {
        assertThat(bench.driver.read(MmioDriver.DEVICE_ID)).isEqualTo(1);
        long offered = bench.driver.offeredFeatures();
        // CSUM to GUEST_UFO, and HOST_TSO4 to HOST_UFO: bits 0, 1, 7 to 14.
        assertThat(offered & (3 | 0xff << 7)).isZero();
        bench.driver.negotiate(-1);
        for (int i = 0; i < 6; i++) {
            assertThat(bench.driver.readConfig(i, 1)).isEqualTo(MAC_A >>> 8 * i & 0xff);
        }
        assertThat(bench.driver.readConfig(6, 2)).as("link").isEqualTo(1);
        assertThat(bench.driver.readConfig(8, 2)).as("queue pairs").isEqualTo(1);
        assertThat(bench.driver.readConfig(10, 2)).as("MTU").isEqualTo(1500);
    }

    @Test
    void shouldRefuseControlFeaturesWithoutTheControlQueue() {
        bench.driver.begin();
        assertThat(bench.driver.choose(1L << 32 | CTRL_RX)).isFalse();
        bench.driver.begin();
        assertThat(bench.driver.choose(1L << 32 | CTRL_RX | CTRL_VQ)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 60, 1514, 1518})
    void shouldSendWhatStandsBehindTheHeader(int length) {
        DriverQueue[] queues = bench.live(0, 2);
        byte[] frame = frame(MAC_B, MAC_A, length);
        bench.send(queues[1], join(NO_HEADER, frame));
        assertThat(queues[1].await().length()).isZero();
        assertThat(backend.sent).containsExactly(frame);
        assertThat(counters().sent()).isEqualTo(1);
    }

    @Test
    void shouldSendAFrameInManyPieces() {
        DriverQueue[] queues = bench.live(0, 2);
        byte[] frame = frame(MAC_B, MAC_A, 100);
        byte[] all = join(NO_HEADER, frame);
        DriverBuffer.Element[] pieces = new DriverBuffer.Element[7];
        for (int i = 0; i < pieces.length; i++) {
            pieces[i] = DriverBuffer.readable(bench.bytes(Arrays.copyOfRange(all, 16 * i, 16 * i + 16)), 16);
        }
        queues[1].exchange(DriverBuffer.of(pieces));
        assertThat(backend.sent).containsExactly(frame);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 13, 1519, 5000})
    void shouldDropAndCountFramesOfAnImpossibleLength(int length) {
        DriverQueue[] queues = bench.live(0, 2);
        bench.send(queues[1], new byte[HEADER + length]);
        queues[1].await();
        assertThat(backend.sent).isEmpty();
        assertThat(counters().sendErrors()).isEqualTo(1);
        assertThat(bench.driver.needsReset()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldDropAndCountWhatAsksForAnOffload(int field) {
        DriverQueue[] queues = bench.live(0, 2);
        byte[] header = new byte[HEADER];
        header[field] = 1;
        bench.send(queues[1], join(header, frame(MAC_B, MAC_A, 60)));
        queues[1].await();
        assertThat(backend.sent).isEmpty();
        assertThat(counters().sendErrors()).isEqualTo(1);
    }

    @Test
    void shouldDropAndCountWhatTheBackEndHasNoRoomFor() {
        DriverQueue[] queues = bench.live(0, 2);
        backend.full = true;
        bench.send(queues[1], join(NO_HEADER, frame(MAC_B, MAC_A, 60)));
        queues[1].await();
        assertThat(counters().sendDrops()).isEqualTo(1);
    }

    @Test
    void shouldNeedAResetAfterAChainShorterThanTheHeader() {
        DriverQueue[] queues = bench.live(0, 2);
        bench.send(queues[1], new byte[HEADER - 1]);
        bench.machine.await("NEEDS_RESET", bench.driver::needsReset);
        assertThat(backend.sent).isEmpty();
        bench.driver.reset();
        DriverQueue[] again = bench.live(0, 2);
        bench.send(again[1], join(NO_HEADER, frame(MAC_B, MAC_A, 60)));
        again[1].await();
        assertThat(backend.sent).hasSize(1);
    }

    @Test
    void shouldReceiveInTheOrderOfArrival() {
        DriverQueue[] queues = bench.live(0, 2);
        long first = bench.offer(queues[0], 1600);
        long second = bench.offer(queues[0], 1600);
        deliver(frame(MAC_A, MAC_B, 1514));
        deliver(frame(MAC_A, MAC_B, 60));
        assertThat(received(queues[0], first)).isEqualTo(frame(MAC_A, MAC_B, 1514));
        assertThat(received(queues[0], second)).isEqualTo(frame(MAC_A, MAC_B, 60));
        assertThat(counters().received()).isEqualTo(2);
    }

    @Test
    void shouldKeepFramesUntilThereAreBuffers() {
        DriverQueue[] queues = bench.live(0, 2);
        deliver(frame(MAC_A, MAC_B, 60));
        deliver(frame(MAC_A, MAC_B, 61));
        long first = bench.offer(queues[0], 1600);
        assertThat(received(queues[0], first)).hasSize(60);
        long second = bench.offer(queues[0], 1600);
        assertThat(received(queues[0], second)).hasSize(61);
    }

    @Test
    void shouldGiveABufferBackEmptyThatIsTooSmallAndGoOn() {
        DriverQueue[] queues = bench.live(0, 2);
        long small = bench.offer(queues[0], HEADER + 59);
        long large = bench.offer(queues[0], HEADER + 60);
        deliver(frame(MAC_A, MAC_B, 60));
        assertThat(bench.await(queues[0], small)).isEmpty();
        assertThat(counters().receiveDrops()).isEqualTo(1);
        deliver(frame(MAC_A, MAC_B, 60));
        assertThat(received(queues[0], large)).hasSize(60);
        assertThat(bench.driver.needsReset()).isFalse();
    }

    @Test
    void shouldNeedAResetAfterABufferWithoutRoomForTheHeader() {
        DriverQueue[] queues = bench.live(0, 2);
        bench.offer(queues[0], HEADER - 1);
        deliver(frame(MAC_A, MAC_B, 60));
        bench.machine.await("NEEDS_RESET", bench.driver::needsReset);
        assertThat(counters().receiveDrops()).isEqualTo(1);
    }

    @Test
    void shouldSpreadAFrameOverMergedBuffers() {
        DriverQueue[] queues = bench.live(MRG_RXBUF, 2);
        byte[] frame = frame(MAC_A, MAC_B, 1000);
        long[] parts = new long[3];
        for (int i = 0; i < 2; i++) {
            parts[i] = bench.offer(queues[0], 400);
        }
        deliver(frame);
        assertThat(queues[0].poll()).as("nothing before all parts are there").isEmpty();
        parts[2] = bench.offer(queues[0], 400);
        byte[][] got = new byte[3][];
        for (int i = 0; i < 3; i++) {
            got[i] = bench.await(queues[0], parts[i]);
        }
        byte[] all = join(got);
        assertThat(got[2]).hasSize(HEADER + 1000 - 800);
        assertThat(all[10]).as("num_buffers").isEqualTo((byte) 3);
        assertThat(Arrays.copyOfRange(all, HEADER, all.length)).isEqualTo(frame);
    }

    @Test
    void shouldDropAFrameThatAWholeQueueOfMergedBuffersCannotHold() {
        DriverQueue[] queues = bench.live(MRG_RXBUF, 2);
        for (int i = 0; i < 16; i++) {
            bench.offer(queues[0], 64);
        }
        deliver(frame(MAC_A, MAC_B, 1514));
        for (int i = 0; i < 16; i++) {
            assertThat(queues[0].await().length()).isZero();
        }
        assertThat(counters().receiveDrops()).isEqualTo(1);
        long room = bench.offer(queues[0], 64);
        deliver(frame(MAC_A, MAC_B, 52));
        assertThat(received(queues[0], room)).hasSize(52);
    }

    @Test
    void shouldTellTheDriverThatTheLinkIsGone() {
        bench.live(STATUS, 2);
        int generation = bench.driver.read(MmioDriver.CONFIG_GENERATION);
        bench.driver.takeInterrupts();
        backend.input().linkChanged(false);
        bench.machine.settle();
        assertThat(bench.driver.takeInterrupts()).isEqualTo(MmioDriver.CONFIG_CHANGE);
        assertThat(bench.driver.readConfig(6, 2)).isZero();
        assertThat(bench.driver.read(MmioDriver.CONFIG_GENERATION)).isNotEqualTo(generation);
        backend.input().linkChanged(false);
        bench.machine.settle();
        assertThat(bench.driver.takeInterrupts()).as("no change, no interrupt").isZero();
        backend.input().linkChanged(true);
        bench.machine.settle();
        assertThat(bench.driver.readConfig(6, 2)).isEqualTo(1);
    }

    @Test
    void shouldGiveOnlyTheFramesThatTheDriverAsksFor() {
        DriverQueue[] queues = bench.live(CTRL_VQ | CTRL_RX, 3);
        long[] rooms = new long[6];
        for (int i = 0; i < rooms.length; i++) {
            rooms[i] = bench.offer(queues[0], 1600);
        }
        long group = MAC_C | 1;
        long broadcast = 0xffff_ffff_ffffL;
        deliver(frame(MAC_C, MAC_B, 60));
        assertThat(control(queues[2], 0, 0, 0)).as("promiscuous off").isZero();
        deliver(frame(MAC_C, MAC_B, 61));
        deliver(frame(group, MAC_B, 62));
        deliver(frame(MAC_A, MAC_B, 63));
        deliver(frame(broadcast, MAC_B, 64));
        assertThat(control(queues[2], 0, 1, 1)).as("all multicast").isZero();
        deliver(frame(group, MAC_B, 65));
        assertThat(control(queues[2], 0, 5, 1)).as("no broadcast").isZero();
        deliver(frame(broadcast, MAC_B, 66));
        int[] expected = {60, 63, 64, 65};
        for (int i = 0; i < expected.length; i++) {
            assertThat(received(queues[0], rooms[i])).hasSize(expected[i]);
        }
        assertThat(queues[0].poll()).isEmpty();
        assertThat(counters().filtered()).isEqualTo(3);
    }

    @Test
    void shouldKeepTablesOfAddresses() {
        DriverQueue[] queues = bench.live(CTRL_VQ | CTRL_RX, 3);
        long room = bench.offer(queues[0], 1600);
        control(queues[2], 0, 0, 0);
        // One unicast address (MAC_C), one multicast.
        int[] tables = {1, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0x0c, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0x0c};
        assertThat(control(queues[2], tables)).isZero();
        deliver(frame(MAC_B, MAC_B, 60));
        deliver(frame(MAC_C | 2, MAC_B, 61));
        assertThat(received(queues[0], room)).hasSize(61);
        for (int cut = 2; cut < tables.length; cut++) {
            assertThat(control(queues[2], Arrays.copyOf(tables, cut)))
                    .as("%d bytes of %d", cut, tables.length)
                    .isEqualTo(1);
        }
        room = bench.offer(queues[0], 1600);
        deliver(frame(MAC_C, MAC_B, 62));
        assertThat(received(queues[0], room))
                .as("a refused command changes nothing")
                .hasSize(62);
    }

    @Test
    void shouldTakeEverythingWhenATableIsTooLong() {
        DriverQueue[] queues = bench.live(CTRL_VQ | CTRL_RX, 3);
        control(queues[2], 0, 0, 0);
        int[] command = new int[2 + 4 + 65 * 6 + 4];
        command[0] = 1;
        command[2] = 65;
        assertThat(control(queues[2], command)).isZero();
        long room = bench.offer(queues[0], 1600);
        deliver(frame(MAC_B, MAC_B, 60));
        assertThat(received(queues[0], room)).hasSize(60);
        command[3] = 1;
        assertThat(control(queues[2], command)).as("says more than it holds").isEqualTo(1);
    }

    @Test
    void shouldAnswerToANewAddressUntilItIsReset() {
        DriverQueue[] queues = bench.live(CTRL_VQ | CTRL_RX | 1 << 23, 3);
        control(queues[2], 0, 0, 0);
        assertThat(control(queues[2], 1, 1, 2, 0, 0, 0, 0, 0x0c)).isZero();
        assertThat(bench.driver.readConfig(5, 1)).isEqualTo(0x0c);
        long room = bench.offer(queues[0], 1600);
        deliver(frame(MAC_A, MAC_B, 60));
        deliver(frame(MAC_C, MAC_B, 61));
        assertThat(received(queues[0], room)).hasSize(61);
        bench.driver.reset();
        assertThat(bench.driver.readConfig(5, 1)).isEqualTo(0x0a);
    }

    @Test
    void shouldRefuseCommandsThatItDoesNotKnow() {
        DriverQueue[] queues = bench.live(CTRL_VQ, 3);
        assertThat(control(queues[2], 0)).isEqualTo(1);
        assertThat(control(queues[2], 0, 6, 1)).isEqualTo(1);
        assertThat(control(queues[2], 0, 0)).isEqualTo(1);
        assertThat(control(queues[2], 4, 0, 1, 0)).isEqualTo(1);
        assertThat(control(queues[2], 1, 1, 2, 0, 0, 0, 0)).isEqualTo(1);
        bench.send(queues[2], new byte[] {0, 0, 1});
        bench.machine.await("NEEDS_RESET, for there was no room for an answer", bench.driver::needsReset);
    }

    @Test
    void shouldNotTouchBuffersAfterAReset() {
        DriverQueue[] queues = bench.live(MRG_RXBUF, 2);
        long room = bench.offer(queues[0], 64);
        deliver(frame(MAC_A, MAC_B, 1514));
        bench.driver.reset();
        bench.memory().write(room, new byte[64], 0, 64);
        deliver(frame(MAC_A, MAC_B, 60));
        assertThat(bench.memory().copy(room, 64)).containsOnly(0);
        DriverQueue[] again = bench.live(0, 2);
        long first = bench.offer(again[0], 1600);
        assertThat(received(again[0], first)).hasSize(1514);
    }
}
