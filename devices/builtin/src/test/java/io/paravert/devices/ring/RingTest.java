package io.paravert.devices.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.abi.RingEntryFlag;
import io.paravert.abi.RingHeaderLayout;
import io.paravert.abi.RingMode;
import io.paravert.device.Device;
import io.paravert.device.DeviceSite;
import io.paravert.devices.path.Completions;
import io.paravert.devices.path.IoRequest;
import io.paravert.devices.path.IoService;
import io.paravert.testkit.RingDriver;
import io.paravert.testkit.TestMachine;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocol of rings, and what happens to guests that break it. */
class RingTest {
    private static final int ENTRIES = 8;
    /** Waits until the test lets it go. */
    private static final int WAIT = IoOp.PLUGIN_FIRST;

    /** Completes everything with its offset, but for WAIT. */
    private static final class Slow implements Device, IoService {
        final ArrayDeque<IoRequest> waiting = new ArrayDeque<>();
        Completions completions;
        RingPath rings;
        boolean polling = true;

        @Override
        public void attach(DeviceSite site) {
            completions = new Completions(site.vertx());
            rings = new RingPath(this, site, completions, polling);
            site.serveRings(rings);
        }

        @Override
        public Future<Void> stop() {
            waiting.forEach(request -> request.complete(0));
            return rings.close();
        }

        @Override
        public Future<Void> start() {
            completions.start();
            return Future.succeededFuture();
        }

        @Override
        public void submit(IoRequest request) {
            if (request.op() == WAIT) {
                waiting.add(request);
            } else {
                request.complete(request.offset());
            }
        }

        @Override
        public boolean cancel(IoRequest request) {
            return request.offset() != 666 && waiting.remove(request);
        }

        void release() {
            waiting.remove().complete(77);
        }
    }

    private final Slow device = new Slow();
    private TestMachine machine;

    @BeforeEach
    void plug() {
        machine = new TestMachine(1 << 20).plug(device);
    }

    @AfterEach
    void unplug() {
        machine.close();
    }

    private RingDriver open(int mode) {
        RingDriver ring = new RingDriver(machine, ENTRIES, mode);
        assertThat(ring.open()).isZero();
        return ring;
    }

    @ParameterizedTest
    @ValueSource(ints = {RingMode.DOORBELL, RingMode.ADAPTIVE, RingMode.POLLING})
    void shouldServeManyTimesItsSize(int mode) {
        RingDriver ring = open(mode);
        int next = 0;
        for (int round = 0; round < 50; round++) {
            int batch = 1 + round % ENTRIES;
            for (int i = 0; i < batch; i++) {
                ring.prepare(IoOp.READ, 0, 1000 + next + i, 0, 0);
            }
            ring.publish();
            for (int i = 0; i < batch; i++, next++) {
                assertThat(ring.await()).isEqualTo(new RingDriver.Completion(next, IoOp.READ, 1000 + next));
            }
        }
    }

    @Test
    void shouldNeverNeedADoorbellWhenPolling() {
        RingDriver ring = open(RingMode.POLLING);
        for (int i = 0; i < 100; i++) {
            ring.nop();
        }
        assertThat(ring.doorbells()).isZero();
    }

    @Test
    void shouldAskForADoorbellBeforeItSleeps() {
        RingDriver ring = open(RingMode.DOORBELL);
        assertThat(ring.deviceSleeps()).isTrue();
        ring.nop();
        machine.settle();
        assertThat(ring.deviceSleeps()).isTrue();
        assertThat(ring.doorbells()).isEqualTo(1);
    }

    @Test
    void shouldSleepInTheEndWhenAdaptive() {
        RingDriver ring = open(RingMode.ADAPTIVE);
        ring.nop();
        machine.await("asleep", ring::deviceSleeps);
        ring.nop();
    }

    @Test
    void shouldNotPollForEverWhereThatIsNotPermitted() {
        try (TestMachine other = new TestMachine(1 << 20)) {
            Slow strict = new Slow();
            strict.polling = false;
            other.plug(strict);
            assertThat(new RingDriver(other, ENTRIES, RingMode.POLLING).open()).isEqualTo(-PvError.EPERM);
            assertThat(new RingDriver(other, ENTRIES, RingMode.ADAPTIVE).open()).isZero();
        }
    }

    @Test
    void shouldRaiseAnEventOnlyForAGuestThatSleeps() {
        RingDriver ring = open(RingMode.DOORBELL);
        ring.nop();
        machine.settle();
        assertThat(ring.events()).isZero();
        ring.wantEvents(true);
        ring.nop();
        machine.await("an event", () -> ring.events() == 1);
    }

    @Test
    void shouldCompleteLateOnesOutOfOrder() {
        RingDriver ring = open(RingMode.DOORBELL);
        ring.submit(WAIT, 0, 0, 0);
        assertThat(ring.run(IoOp.READ, 5, 0, 0)).isEqualTo(5);
        machine.runOnDevice(device::release);
        assertThat(ring.await()).isEqualTo(new RingDriver.Completion(0, WAIT & 0xffff | ~0xffff, 77));
    }

    @Test
    void shouldHoldABarrierUntilAllBeforeItAreDone() {
        RingDriver ring = open(RingMode.DOORBELL);
        ring.prepare(WAIT, 0, 0, 0, 0);
        ring.prepare(IoOp.READ, RingEntryFlag.BARRIER, 1, 0, 0);
        ring.prepare(IoOp.READ, 0, 2, 0, 0);
        ring.publish();
        machine.settle();
        assertThat(ring.poll()).isEmpty();
        machine.runOnDevice(device::release);
        List<Long> order = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            order.add(ring.await().userData());
        }
        assertThat(order).containsExactly(0L, 1L, 2L);
        assertThat(ring.nop()).isZero();
    }

    @Test
    void shouldSayNothingOfSuccessesThatNobodyWants() {
        RingDriver ring = open(RingMode.DOORBELL);
        ring.prepare(IoOp.READ, RingEntryFlag.NO_COMPLETION, 1, 0, 0);
        ring.prepare(IoOp.READ, RingEntryFlag.NO_COMPLETION, -5, 0, 0);
        ring.publish();
        assertThat(ring.await().result()).isEqualTo(-5);
        assertThat(ring.poll()).isEmpty();
    }

    @Test
    void shouldCancelWhatHasNotBegun() {
        RingDriver ring = open(RingMode.DOORBELL);
        long waiting = ring.submit(WAIT, 0, 0, 0);
        ring.submit(IoOp.CANCEL, waiting, 0, 0);
        assertThat(ring.await().result()).isEqualTo(-PvError.ECANCELED);
        assertThat(ring.await().result()).isZero();
        assertThat(ring.run(IoOp.CANCEL, 12345, 0, 0)).isEqualTo(-PvError.ENOENT);
    }

    @Test
    void shouldNotEndTheServiceBeforeWhatIsUnderWayEnds() {
        RingDriver ring = open(RingMode.DOORBELL);
        // Offset 666: the device cannot cancel it.
        ring.submit(WAIT, 666, 0, 0);
        CompletableFuture<Void> closing = ring.startClose();
        machine.settle();
        assertThat(closing).isNotDone();
        int tail = ring.getInt(RingHeaderLayout.COMPLETION_TAIL_OFFSET);
        machine.runOnDevice(device::release);
        TestMachine.wait(closing);
        assertThat(ring.getInt(RingHeaderLayout.COMPLETION_TAIL_OFFSET)).isEqualTo(tail);
    }

    @Test
    void shouldCancelReceivesWhenTheServiceEnds() {
        RingDriver ring = open(RingMode.DOORBELL);
        ring.submit(WAIT, 0, 0, 0);
        ring.close();
        machine.runOnDevice(() -> assertThat(device.waiting).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {ENTRIES + 1, 1000, -1, Integer.MIN_VALUE})
    void shouldGiveUpARingWhoseTailJumped(int tail) {
        RingDriver ring = open(RingMode.DOORBELL);
        ring.putInt(RingHeaderLayout.SUBMISSION_TAIL_OFFSET, tail);
        ring.doorbell();
        ring.awaitBroken();
        assertThat(ring.events()).isEqualTo(1);
        ring.doorbell();
        ring.close();
        assertThat(open(RingMode.DOORBELL).nop()).isZero();
    }

    @Test
    void shouldGiveUpARingWhoseTailWentBackwards() {
        RingDriver ring = open(RingMode.DOORBELL);
        for (int i = 0; i < 5; i++) {
            ring.nop();
        }
        ring.putInt(RingHeaderLayout.SUBMISSION_TAIL_OFFSET, 3);
        ring.doorbell();
        ring.awaitBroken();
    }

    @Test
    void shouldGiveUpARingWhoseCompletionHeadJumped() {
        RingDriver ring = open(RingMode.DOORBELL);
        for (int i = 0; i < ENTRIES; i++) {
            ring.prepare(IoOp.NOP, 0, 0, 0, 0);
        }
        ring.publish();
        machine.settle();
        // More than were written: the guest claims to have taken what does not exist.
        ring.putInt(RingHeaderLayout.COMPLETION_HEAD_OFFSET, ENTRIES + 3);
        ring.prepare(IoOp.NOP, 0, 0, 0, 0);
        ring.publish();
        ring.awaitBroken();
    }

    /** Submission head and completion tail are the device's own: it writes them and never reads them back. */
    @ParameterizedTest
    @ValueSource(ints = {1, ENTRIES, 1000, -1, Integer.MIN_VALUE})
    void shouldNotBeMovedByAGuestThatJumpsTheRingHead(int value) {
        RingDriver ring = open(RingMode.DOORBELL);
        assertThat(ring.nop()).isZero();
        ring.putInt(RingHeaderLayout.SUBMISSION_HEAD_OFFSET, value);
        ring.prepare(IoOp.READ, 0, 42, 0, 0);
        ring.publish();
        assertThat(ring.await().result()).isEqualTo(42);
        assertThat(ring.getInt(RingHeaderLayout.SUBMISSION_HEAD_OFFSET)).isEqualTo(2);
        assertThat(ring.getInt(RingHeaderLayout.STATUS_OFFSET)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {ENTRIES + 3, 1000, -1, Integer.MIN_VALUE})
    void shouldGiveUpARingWhoseCompletionHeadIsAheadOfItsTail(int value) {
        RingDriver ring = open(RingMode.DOORBELL);
        assertThat(ring.nop()).isZero();
        // It is looked at when the completions seem to have no room.
        ring.putInt(RingHeaderLayout.COMPLETION_HEAD_OFFSET, value);
        for (int i = 0; i < ENTRIES; i++) {
            ring.prepare(IoOp.NOP, 0, 0, 0, 0);
        }
        ring.publish();
        ring.awaitBroken();
        assertThat(open(RingMode.DOORBELL).nop()).as("only that ring").isZero();
    }

    @Test
    void shouldGiveUpARingWithMoreInFlightThanItsCompletionsHaveRoomFor() {
        RingDriver ring = open(RingMode.DOORBELL);
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < ENTRIES; i++) {
                ring.prepare(IoOp.NOP, 0, 0, 0, 0);
            }
            ring.publish();
            machine.settle();
        }
        ring.awaitBroken();
    }

    @Test
    void shouldRefuseInlineDataThatTheEntryHasNoRoomFor() {
        RingDriver ring = open(RingMode.DOORBELL);
        ring.prepare(IoOp.SEND, RingEntryFlag.INLINE, 0, 0, 33);
        ring.prepare(IoOp.READ, RingEntryFlag.INLINE, 0, 0, 8);
        ring.publish();
        assertThat(ring.await().result()).isEqualTo(-PvError.EINVAL);
        assertThat(ring.await().result()).isEqualTo(-PvError.EINVAL);
    }

    @Test
    void shouldRefuseGeometriesThatMakeNoSense() {
        assertRefused(RingHeaderLayout.MAGIC_OFFSET, 1);
        assertRefused(RingHeaderLayout.VERSION_OFFSET, 2);
        assertRefused(RingHeaderLayout.MODE_OFFSET, 3);
        assertRefused(RingHeaderLayout.SUBMISSION_ENTRIES_OFFSET, 0);
        assertRefused(RingHeaderLayout.SUBMISSION_ENTRIES_OFFSET, 3);
        assertRefused(RingHeaderLayout.SUBMISSION_ENTRIES_OFFSET, -8);
        assertRefused(RingHeaderLayout.SUBMISSION_ENTRIES_OFFSET, 2 * ENTRIES);
        assertRefused(RingHeaderLayout.COMPLETION_ENTRIES_OFFSET, 65536);
        assertRefused(RingHeaderLayout.SUBMISSION_OFFSET_OFFSET, 0);
        assertRefused(RingHeaderLayout.SUBMISSION_OFFSET_OFFSET, 513);
        assertRefused(RingHeaderLayout.SUBMISSION_OFFSET_OFFSET, 512 + 512);
        assertRefused(RingHeaderLayout.COMPLETION_OFFSET_OFFSET, 1 << 30);
        assertRefused(RingHeaderLayout.COMPLETION_OFFSET_OFFSET, -64);
    }

    private void assertRefused(int field, int value) {
        RingDriver ring = new RingDriver(machine, ENTRIES, RingMode.DOORBELL);
        ring.putInt(field, value);
        assertThat(ring.open()).as("field 0x%x = %d", field, value).isEqualTo(-PvError.EINVAL);
    }
}
