package io.paravert.devices.net;

import static io.paravert.devices.net.Frames.MAC_A;
import static io.paravert.devices.net.Frames.MAC_B;
import static io.paravert.devices.net.Frames.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.abi.Hypercall;
import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.abi.RingEntryFlag;
import io.paravert.abi.RingHeaderLayout;
import io.paravert.abi.RingMode;
import io.paravert.abi.RingSubmissionLayout;
import io.paravert.devices.DevicePaths;
import io.paravert.devices.PathBench;
import io.paravert.devices.PathBench.Path;
import io.paravert.testkit.RingDriver;
import io.paravert.testkit.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One contract, every path but virtio, whose driver works in another way (see {@link VirtioNetTest}). */
class NetPathsTest {
    private final HeldBackend backend = new HeldBackend();
    private final TestMachine machine = new TestMachine();
    private final NetDevice device =
            new NetDevice(backend, new NetIdentity(MAC_A, NetIdentity.USUAL_MTU), DevicePaths.Place.USUAL);
    private final PathBench paths = new PathBench(machine.plug(device));

    @AfterEach
    void close() {
        machine.close();
    }

    private PathBench.Driver driver(Path path) {
        return paths.driver(
                path,
                (op, place, gpa, bytes) ->
                        machine.callDevice(op == IoOp.SEND ? Hypercall.NET_SEND : Hypercall.NET_RECV, 0, gpa, bytes));
    }

    private long bytes(byte[] content) {
        long gpa = machine.memory().allocate(content.length, 64);
        machine.memory().write(gpa, content, 0, content.length);
        return gpa;
    }

    private void deliver(byte[] frame) {
        assertThat(backend.deliver(frame)).isTrue();
        machine.settle();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "VIRTIO")
    void shouldSendAndReceiveFramesAsTheyAre(Path path) {
        PathBench.Driver driver = driver(path);
        long room = machine.memory().allocate(2048, 64);
        for (int length : new int[] {14, 64, 1500, 1514, 1518}) {
            byte[] frame = frame(MAC_B, MAC_A, length);
            assertThat(driver.run(IoOp.SEND, 0, bytes(frame), length)).isEqualTo(length);
            assertThat(backend.sent.get(backend.sent.size() - 1)).isEqualTo(frame);
            deliver(frame);
            assertThat(driver.run(IoOp.RECEIVE, 0, room, 2048)).isEqualTo(length);
            assertThat(machine.memory().copy(room, length)).isEqualTo(frame);
        }
        assertThat(device.counters().snapshot()).isEqualTo(new NetCounters.Snapshot(5, 0, 0, 5, 0, 0));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "VIRTIO")
    void shouldKeepAFrameThatIsTooLongForTheBuffer(Path path) {
        PathBench.Driver driver = driver(path);
        long room = machine.memory().allocate(2048, 64);
        deliver(frame(MAC_A, MAC_B, 1000));
        assertThat(driver.run(IoOp.RECEIVE, 0, room, 999)).isEqualTo(-PvError.EMSGSIZE);
        assertThat(driver.run(IoOp.RECEIVE, 0, room, 1000)).isEqualTo(1000);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "VIRTIO")
    void shouldRefuseFramesOfAnImpossibleLength(Path path) {
        PathBench.Driver driver = driver(path);
        long gpa = bytes(new byte[2048]);
        assertThat(driver.run(IoOp.SEND, 0, gpa, 13)).isEqualTo(-PvError.EINVAL);
        assertThat(driver.run(IoOp.SEND, 0, gpa, 1519)).isEqualTo(-PvError.EMSGSIZE);
        assertThat(driver.run(IoOp.RECEIVE, 0, gpa, 13)).isEqualTo(-PvError.EINVAL);
        assertThat(backend.sent).isEmpty();
        assertThat(device.counters().snapshot().sendErrors()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "VIRTIO")
    void shouldSayThatThereIsNoRoomAndCountWhatIsDropped(Path path) {
        PathBench.Driver driver = driver(path);
        long gpa = bytes(frame(MAC_B, MAC_A, 60));
        backend.full = true;
        assertThat(driver.run(IoOp.SEND, 0, gpa, 60)).isEqualTo(-PvError.EAGAIN);
        backend.full = false;
        backend.input().linkChanged(false);
        machine.settle();
        assertThat(driver.run(IoOp.SEND, 0, gpa, 60)).isEqualTo(-PvError.EAGAIN);
        assertThat(device.counters().snapshot().sendDrops()).isEqualTo(2);
        assertThat(device.counts()).containsEntry("send drops", 2L).doesNotContainKey("receive drops");
        backend.input().linkChanged(true);
        machine.settle();
        assertThat(driver.run(IoOp.SEND, 0, gpa, 60)).isEqualTo(60);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "VIRTIO")
    void shouldRefuseMemoryThatTheGuestDoesNotHave(Path path) {
        PathBench.Driver driver = driver(path);
        long end = machine.memory().size();
        deliver(frame(MAC_A, MAC_B, 60));
        assertThat(driver.run(IoOp.SEND, 0, end - 32, 64)).isEqualTo(-PvError.EFAULT);
        assertThat(driver.run(IoOp.RECEIVE, 0, -64, 64)).isEqualTo(-PvError.EFAULT);
    }

    @ParameterizedTest
    @EnumSource(names = {"PORT", "MMIO", "HYPERCALL"})
    void shouldNotKeepAVcpuWaitingForAFrame(Path path) {
        PathBench.Driver driver = driver(path);
        long room = machine.memory().allocate(2048, 64);
        assertThat(driver.run(IoOp.RECEIVE, 0, room, 2048)).isEqualTo(-PvError.EAGAIN);
        int told = machine.raised(0);
        deliver(frame(MAC_A, MAC_B, 60));
        assertThat(machine.raised(0)).as("the guest is told that a frame waits").isEqualTo(told + 1);
        assertThat(driver.run(IoOp.RECEIVE, 0, room, 2048)).isEqualTo(60);
        assertThat(driver.run(IoOp.RECEIVE, 0, room, 2048)).isEqualTo(-PvError.EAGAIN);
    }

    @ParameterizedTest
    @ValueSource(ints = {RingMode.DOORBELL, RingMode.ADAPTIVE, RingMode.POLLING})
    void shouldFillBuffersOfARingInTheirOrder(int mode) {
        RingDriver ring = paths.ring(mode);
        long[] rooms = new long[4];
        for (int i = 0; i < rooms.length; i++) {
            rooms[i] = machine.memory().allocate(2048, 64);
            ring.submit(IoOp.RECEIVE, 0, rooms[i], 2048);
        }
        machine.await(
                "the device has them", () -> ring.getInt(RingHeaderLayout.SUBMISSION_HEAD_OFFSET) == rooms.length);
        for (int i = 0; i < rooms.length; i++) {
            deliver(frame(MAC_A, MAC_B, 100 + i));
        }
        for (int i = 0; i < rooms.length; i++) {
            RingDriver.Completion done = ring.await();
            assertThat(done.userData()).isEqualTo(i);
            assertThat(done.result()).isEqualTo(100 + i);
            assertThat(machine.memory().copy(rooms[i], 100 + i)).isEqualTo(frame(MAC_A, MAC_B, 100 + i));
        }
        assertThat(machine.raised(0)).as("nothing waited unasked").isZero();
    }

    @Test
    void shouldTakeReceiveBuffersBackWithTheirRing() {
        RingDriver ring = paths.ring(RingMode.DOORBELL);
        long room = machine.memory().allocate(2048, 64);
        ring.submit(IoOp.RECEIVE, 0, room, 2048);
        machine.settle();
        ring.close();
        deliver(frame(MAC_A, MAC_B, 60));
        assertThat(machine.memory().copy(room, 60)).containsOnly(0);
        assertThat(driver(Path.PORT).run(IoOp.RECEIVE, 0, room, 2048)).isEqualTo(60);
    }

    @Test
    void shouldCancelAReceiveBufferThatIsStillEmpty() {
        RingDriver ring = paths.ring(RingMode.DOORBELL);
        long room = machine.memory().allocate(2048, 64);
        long waiting = ring.submit(IoOp.RECEIVE, 0, room, 2048);
        ring.submit(IoOp.CANCEL, waiting, 0, 0);
        assertThat(ring.await().result()).isEqualTo(-PvError.ECANCELED);
        assertThat(ring.await().result()).isZero();
    }

    @Test
    void shouldSendAShortFrameThatLiesInTheRingItself() {
        RingDriver ring = paths.ring(RingMode.DOORBELL);
        byte[] frame = frame(MAC_B, MAC_A, 18);
        long number = ring.prepare(IoOp.SEND, RingEntryFlag.INLINE, 0, 0, frame.length);
        long entry = ring.entry((int) number);
        machine.memory().write(entry + RingSubmissionLayout.INLINE_DATA_OFFSET, frame, 0, frame.length);
        ring.publish();
        assertThat(ring.await().result()).isEqualTo(frame.length);
        assertThat(backend.sent.get(0)).isEqualTo(frame);
    }

    @Test
    void shouldKeepABoundedNumberOfFramesAndCountTheRest() {
        for (int i = 0; i < FrameQueue.FRAMES; i++) {
            assertThat(backend.deliver(frame(MAC_A, MAC_B, 60 + i % 16))).isTrue();
        }
        assertThat(backend.deliver(frame(MAC_A, MAC_B, 60))).isFalse();
        assertThat(device.counters().snapshot().receiveDrops()).isEqualTo(1);
        PathBench.Driver driver = driver(Path.HYPERCALL);
        long room = machine.memory().allocate(2048, 64);
        for (int i = 0; i < FrameQueue.FRAMES; i++) {
            assertThat(driver.run(IoOp.RECEIVE, 0, room, 2048)).isEqualTo(60 + i % 16);
        }
        assertThat(backend.deliver(frame(MAC_A, MAC_B, 60))).isTrue();
    }

    @Test
    void shouldDropWhatIsLongerThanTheMtuOrNoFrame() {
        assertThat(backend.deliver(frame(MAC_A, MAC_B, 1519))).isFalse();
        assertThat(backend.deliver(new byte[13])).isFalse();
        assertThat(device.counters().snapshot().receiveDrops()).isEqualTo(2);
    }
}
