package io.paravert.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.testkit.DriverBuffer;
import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.MmioDriver;
import io.paravert.testkit.RingFormat;
import io.paravert.virtio.QueueSpec.Direction;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Queues whose buffers the device takes when it has something, and what a queue's buffers may hold. */
class BufferQueueTest {
    /** Queue 0 takes input buffers, queue 1 readable requests only. */
    private static final class Input implements VirtioDevice {
        private BufferQueue queue;
        private int told;

        @Override
        public int type() {
            return 18;
        }

        @Override
        public List<QueueSpec> queues() {
            return List.of(
                    QueueSpec.ofBuffers(16, Direction.WRITABLE, q -> {
                        queue = q;
                        told++;
                    }),
                    QueueSpec.ofRequests(16, Direction.READABLE, request -> Future.succeededFuture()));
        }

        boolean push(String text) {
            Request request = queue.take();
            if (request == null) {
                return false;
            }
            byte[] bytes = text.getBytes();
            request.writable().write(0, bytes, 0, bytes.length);
            request.setWritten(bytes.length);
            queue.complete(request);
            return true;
        }
    }

    private final Input input = new Input();
    private final Bench bench = new Bench(input);
    private final MmioDriver driver = bench.driver;

    @AfterEach
    void close() {
        bench.close();
    }

    private boolean push(String text) {
        boolean[] pushed = new boolean[1];
        bench.machine.runOnDevice(() -> pushed[0] = input.push(text));
        return pushed[0];
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellTheDeviceOfBuffersOnlyAfterItFoundNone(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format), 16);
        assertThat(input.told).as("at DRIVER_OK").isEqualTo(1);
        assertThat(push("none")).isFalse();
        for (int i = 0; i < 2; i++) {
            queue.offer(
                    DriverBuffer.of(DriverBuffer.writable(bench.machine.memory().allocate(8, 1), 8)));
        }
        assertThat(queue.isKickNeeded()).isTrue();
        queue.kick();
        bench.machine.settle();
        assertThat(input.told).isEqualTo(2);
        assertThat(push("first")).isTrue();
        assertThat(queue.await().length()).isEqualTo(5);
        assertThat(driver.takeInterrupts()).isEqualTo(MmioDriver.USED_BUFFER);

        queue.offer(DriverBuffer.of(DriverBuffer.writable(bench.machine.memory().allocate(8, 1), 8)));
        assertThat(queue.isKickNeeded()).as("the device has buffers left").isFalse();
        assertThat(push("second")).isTrue();
        assertThat(push("third")).isTrue();
        assertThat(push("fourth")).isFalse();
        assertThat(queue.await().length()).isEqualTo(6);
        assertThat(queue.await().length()).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseAReadableBufferWhereTheDeviceWrites(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format), 16);
        queue.offer(DriverBuffer.of(
                DriverBuffer.readable(bench.bytes(new byte[4]), 4),
                DriverBuffer.writable(bench.bytes(new byte[4]), 4)));
        assertThat(push("x")).isFalse();
        assertThat(driver.needsReset()).isTrue();
        assertThat(queue.poll()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseAWritableBufferWhereTheDeviceReads(RingFormat format) {
        driver.negotiate(Bench.features(format));
        DriverQueue queue = driver.setUp(1, 16);
        driver.go();
        queue.offer(DriverBuffer.of(DriverBuffer.writable(bench.bytes(new byte[4]), 4)));
        queue.kick();
        bench.machine.settle();
        assertThat(driver.needsReset()).isTrue();
    }

    @Test
    void shouldRefuseToTakeABufferBackTwiceOrAfterAReset() {
        DriverQueue queue = bench.live(Bench.features(RingFormat.SPLIT), 16);
        queue.offer(DriverBuffer.of(DriverBuffer.writable(bench.bytes(new byte[4]), 4)));
        queue.offer(DriverBuffer.of(DriverBuffer.writable(bench.bytes(new byte[4]), 4)));
        Request[] taken = new Request[2];
        BufferQueue[] before = new BufferQueue[1];
        bench.machine.runOnDevice(() -> {
            before[0] = input.queue;
            taken[0] = input.queue.take();
            taken[1] = input.queue.take();
            input.queue.complete(taken[0]);
            assertThatThrownBy(() -> input.queue.complete(taken[0])).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> taken[1].setWritten(5)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> taken[1].readable().getByte(0)).isInstanceOf(IndexOutOfBoundsException.class);
        });
        queue.await();
        driver.reset();
        bench.machine.runOnDevice(() -> {
            before[0].complete(taken[1]);
            assertThat(before[0].isOpen()).isFalse();
            assertThat(before[0].take()).isNull();
        });
        assertThat(queue.poll()).isEmpty();
        DriverQueue next = bench.live(Bench.features(RingFormat.SPLIT), 16);
        bench.machine.runOnDevice(() ->
                assertThatThrownBy(() -> input.queue.complete(taken[1])).isInstanceOf(IllegalArgumentException.class));
        assertThat(next.poll()).isEmpty();
    }
}
