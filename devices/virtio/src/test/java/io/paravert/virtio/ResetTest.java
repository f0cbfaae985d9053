package io.paravert.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.testkit.DriverBuffer;
import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.Feature;
import io.paravert.testkit.MmioDriver;
import io.paravert.testkit.RingFormat;
import io.paravert.testkit.TestMachine;
import io.paravert.virtio.queue.QueueException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A reset at any point leaves a device that works, and none of what was under way reaches the next driver. */
class ResetTest {
    private final EchoDevice.Held held = new EchoDevice.Held();
    private final EchoDevice echo = new EchoDevice(held);
    private final Bench bench = new Bench(echo);
    private final MmioDriver driver = bench.driver;

    @AfterEach
    void close() {
        while (held.count() > 0) {
            held.finish(0);
        }
        bench.close();
    }

    private void offer(DriverQueue queue, String text) {
        byte[] bytes = text.getBytes();
        long answer = bench.machine.memory().allocate(bytes.length, 1);
        int before = held.count();
        queue.offer(DriverBuffer.of(
                DriverBuffer.readable(bench.bytes(bytes), bytes.length), DriverBuffer.writable(answer, bytes.length)));
        queue.kick();
        bench.machine.await("a request", () -> held.count() == before + 1);
    }

    private void shouldWork(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format), 16);
        offer(queue, "again");
        held.finish(0);
        assertThat(queue.await().length()).isEqualTo(5);
        assertThat(bench.machine.uncaught()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shouldShowZeroOnlyWhenNothingIsUnderWayAnyMore(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format), 16);
        offer(queue, "slow");
        CompletableFuture<Long> reset = driver.startReset();
        bench.machine.settle();
        assertThat(reset).isNotDone();
        assertThat(driver.status()).as("the reset is under way").isNotZero();
        driver.write(MmioDriver.STATUS, MmioDriver.ACKNOWLEDGE);
        assertThat(driver.status()).as("writes meanwhile are ignored").isEqualTo(15);

        held.finish(0);
        TestMachine.wait(reset);
        assertThat(driver.status()).isZero();
        assertThat(queue.poll()).as("a buffer of before the reset").isEmpty();
        assertThat(driver.read(MmioDriver.INTERRUPT_STATUS)).isZero();
        shouldWork(format);
    }

    @ParameterizedTest
    @EnumSource
    void shouldWaitForAllQueuesAndAnswerEveryResetThatCameMeanwhile(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format), 16);
        offer(queue, "one");
        offer(queue, "two");
        int before = echo.resets();
        CompletableFuture<Long> first = driver.startReset();
        CompletableFuture<Long> second = driver.startReset();
        held.finish(1);
        bench.machine.settle();
        assertThat(first).isNotDone();
        held.finish(0);
        TestMachine.wait(first);
        TestMachine.wait(second);
        assertThat(echo.resets()).isEqualTo(before + 1);
        shouldWork(format);
    }

    /** The steps of an initialization, and after each a reset. */
    @ParameterizedTest
    @EnumSource
    void shouldStartAnewFromEveryPointOfTheInitialization(RingFormat format) {
        List<Runnable> steps = List.of(
                () -> driver.write(MmioDriver.STATUS, MmioDriver.ACKNOWLEDGE),
                driver::begin,
                () -> driver.negotiate(Bench.features(format)),
                () -> {
                    driver.negotiate(Bench.features(format));
                    driver.setUp(0, 8);
                },
                () -> bench.live(Bench.features(format), 8),
                () -> offer(bench.live(Bench.features(format), 8), "x"),
                () -> driver.write(MmioDriver.STATUS, MmioDriver.FAILED));
        for (Runnable step : steps) {
            step.run();
            CompletableFuture<Long> reset = driver.startReset();
            while (held.count() > 0) {
                held.finish(0);
            }
            TestMachine.wait(reset);
            assertThat(driver.status()).isZero();
            assertThat(driver.isReady(0)).isFalse();
            assertThat(driver.read(MmioDriver.INTERRUPT_STATUS)).isZero();
            assertThat(bench.machine.isPinAsserted()).isFalse();
            shouldWork(format);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldDropWhatComesBackWhileItNeedsAReset(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format), 16);
        offer(queue, "late");
        bench.machine.runOnDevice(() -> echo.link().needsReset("test"));
        assertThat(driver.takeInterrupts()).isEqualTo(MmioDriver.CONFIG_CHANGE);
        held.finish(0);
        bench.machine.settle();
        assertThat(queue.poll()).isEmpty();
        assertThat(driver.read(MmioDriver.INTERRUPT_STATUS)).isZero();
        assertThat(bench.device.lastError()).contains("test");
        driver.reset();
        shouldWork(format);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNeedAResetWhenTheBackEndFailsAndSayItToThePersonThatReadsTheLog(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format), 16);
        offer(queue, "fail");
        held.fail(0, new IllegalStateException("the disk is on fire"));
        bench.machine.await("the failure", driver::needsReset);
        bench.machine.settle();
        assertThat(queue.poll()).isEmpty();
        assertThat(driver.takeInterrupts()).isEqualTo(MmioDriver.CONFIG_CHANGE);
        assertThat(bench.machine.uncaught()).hasSize(1);
        assertThat(bench.machine.uncaught().get(0)).hasMessage("the disk is on fire");
        driver.reset();
        assertThat(driver.status()).isZero();
    }

    @Test
    void shouldNotBotherAnyoneWithADriversMistake() {
        DriverQueue queue = bench.live(Bench.features(RingFormat.SPLIT), 16);
        offer(queue, "bad");
        held.fail(0, new QueueException("the request has no header"));
        bench.machine.await("the failure", driver::needsReset);
        bench.machine.settle();
        assertThat(bench.machine.uncaught()).isEmpty();
        assertThat(bench.device.lastError()).contains("the request has no header");
    }

    @ParameterizedTest
    @EnumSource
    void shouldResetOneQueueAndLeaveTheDeviceAlive(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format) | Feature.RING_RESET, 16);
        offer(queue, "slow");
        CompletableFuture<Long> reset = driver.startQueueReset(0);
        bench.machine.settle();
        assertThat(driver.read(MmioDriver.QUEUE_RESET)).as("under way").isEqualTo(1);
        assertThat(driver.isReady(0)).isFalse();
        held.finish(0);
        TestMachine.wait(reset);
        assertThat(driver.read(MmioDriver.QUEUE_RESET)).isZero();
        assertThat(driver.isReady(0)).isFalse();
        assertThat(queue.poll()).isEmpty();

        DriverQueue other = driver.setUp(0, 8);
        offer(other, "new");
        held.finish(0);
        assertThat(other.await().length()).isEqualTo(3);
        assertThat(driver.needsReset()).isFalse();
    }

    @Test
    void shouldIgnoreAQueueResetThatWasNotNegotiated() {
        bench.live(Bench.features(RingFormat.SPLIT), 16);
        TestMachine.wait(driver.startQueueReset(0));
        assertThat(driver.read(MmioDriver.QUEUE_RESET)).isZero();
        assertThat(driver.isReady(0)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void shouldStopAQueueThatIsMadeUnreadyAndSayZeroAtOnce(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format), 16);
        driver.write(MmioDriver.QUEUE_SEL, 0);
        driver.write(MmioDriver.QUEUE_READY, 0);
        assertThat(driver.isReady(0)).isFalse();
        queue.offer(DriverBuffer.of(DriverBuffer.writable(bench.bytes(new byte[8]), 8)));
        queue.kick();
        bench.machine.settle();
        assertThat(queue.poll()).isEmpty();
        assertThat(held.count()).isZero();
    }

    @Test
    void shouldWaitForWhatIsUnderWayBeforeItStops() throws Exception {
        DriverQueue queue = bench.live(Bench.features(RingFormat.SPLIT), 16);
        offer(queue, "slow");
        Thread stopper = new Thread(bench.machine::unplug);
        stopper.start();
        stopper.join(100);
        assertThat(stopper.isAlive()).as("waits").isTrue();
        held.finish(0);
        stopper.join();
        assertThat(queue.poll()).isEmpty();
    }
}
