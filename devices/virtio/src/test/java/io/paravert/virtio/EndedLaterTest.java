package io.paravert.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.testkit.DriverBuffer;
import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.RingFormat;
import io.paravert.testkit.TestMachine;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests whose handler says by a call, and not by a future, that they have ended. */
class EndedLaterTest {
    /** On the device's context. */
    private final List<Request> kept = new ArrayList<>();

    private final Bench bench = new Bench(new EchoDevice(this::keep));

    private Future<Void> keep(Request request) {
        kept.add(request);
        return Request.ENDED_LATER;
    }

    @AfterEach
    void close() {
        bench.machine.runOnDevice(() -> kept.forEach(Request::end));
        bench.close();
    }

    private DriverQueue live(RingFormat format) {
        return bench.live(Bench.features(format), 16);
    }

    private long offer(DriverQueue queue, int bytes) {
        long at = bench.machine.memory().allocate(bytes, 8);
        queue.offer(DriverBuffer.of(
                DriverBuffer.readable(bench.bytes(new byte[bytes]), bytes), DriverBuffer.writable(at, bytes)));
        queue.kick();
        bench.machine.settle();
        return at;
    }

    private void end(int index) {
        bench.machine.runOnDevice(() -> {
            EchoDevice.echo(kept.get(index));
            kept.remove(index).end();
        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldComeBackWhenTheyEndInAnyOrder(RingFormat format) {
        DriverQueue queue = live(format);
        offer(queue, 1);
        offer(queue, 2);
        offer(queue, 3);
        assertThat(queue.poll()).isEmpty();
        end(1);
        assertThat(queue.await().length()).isEqualTo(2);
        end(1);
        assertThat(queue.await().length()).isEqualTo(3);
        end(0);
        assertThat(queue.await().length()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotEndTwice(RingFormat format) {
        DriverQueue queue = live(format);
        offer(queue, 1);
        bench.machine.runOnDevice(() -> {
            Request request = kept.remove(0);
            request.end();
            assertThatThrownBy(request::end).isInstanceOf(IllegalStateException.class);
        });
        queue.await();
        assertThat(queue.poll()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shouldMakeTheDeviceNeedAResetWhenTheyFail(RingFormat format) {
        DriverQueue queue = live(format);
        offer(queue, 1);
        bench.machine.runOnDevice(() -> kept.remove(0).fail(new IllegalStateException("the disk is on fire")));
        bench.machine.settle();
        assertThat(bench.driver.needsReset()).isTrue();
        assertThat(queue.poll()).isEmpty();
        assertThat(bench.machine.uncaught()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldHoldUpAReset(RingFormat format) {
        DriverQueue queue = live(format);
        offer(queue, 1);
        CompletableFuture<Long> reset = bench.driver.startReset();
        bench.machine.settle();
        assertThat(reset).isNotDone();
        end(0);
        TestMachine.wait(reset);
        assertThat(queue.poll()).isEmpty();
    }
}
