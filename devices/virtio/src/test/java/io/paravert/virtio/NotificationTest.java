package io.paravert.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.testkit.DriverBuffer;
import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.Feature;
import io.paravert.testkit.MmioDriver;
import io.paravert.testkit.RingFormat;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who tells whom, and when not: virtio 1.2, 2.7.7, 2.7.10 and 2.8.14. */
class NotificationTest {
    private final EchoDevice.Held held = new EchoDevice.Held();
    private final Bench bench = new Bench(new EchoDevice(held));
    private final MmioDriver driver = bench.driver;

    @AfterEach
    void close() {
        while (held.count() > 0) {
            held.finish(0);
        }
        bench.close();
    }

    private void offer(DriverQueue queue, int buffers) {
        for (int i = 0; i < buffers; i++) {
            queue.offer(
                    DriverBuffer.of(DriverBuffer.writable(bench.machine.memory().allocate(4, 1), 4)));
        }
    }

    private void finishOne(DriverQueue queue) {
        held.finish(0);
        queue.await();
    }

    @ParameterizedTest
    @EnumSource
    void shouldInterruptForEachUnlessTheDriverDoesNotWantIt(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format), 16);
        offer(queue, 3);
        queue.kick();
        bench.machine.await("requests", () -> held.count() == 3);
        finishOne(queue);
        assertThat(driver.takeInterrupts()).isEqualTo(MmioDriver.USED_BUFFER);
        queue.setInterrupts(false);
        finishOne(queue);
        assertThat(driver.takeInterrupts()).isZero();
        queue.setInterrupts(true);
        finishOne(queue);
        assertThat(driver.takeInterrupts()).isEqualTo(MmioDriver.USED_BUFFER);
        assertThat(bench.machine.pinAssertions()).isEqualTo(2);
        assertThat(bench.machine.raised(0)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void shouldInterruptOnlyAtTheIndexThatTheDriverAskedFor(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format) | Feature.EVENT_IDX, 16);
        for (int round = 0; round < 40; round++) {
            offer(queue, 5);
            queue.kick();
            bench.machine.await("requests", () -> held.count() == 5);
            queue.interruptAfter(3);
            for (int i = 0; i < 5; i++) {
                finishOne(queue);
                assertThat(driver.takeInterrupts())
                        .as("round %d, buffer %d", round, i)
                        .isEqualTo(i == 3 ? 1 : 0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepThePinUpUntilEveryBitIsAcknowledged(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format), 16);
        offer(queue, 1);
        queue.kick();
        bench.machine.await("the request", () -> held.count() == 1);
        finishOne(queue);
        assertThat(bench.machine.isPinAsserted()).isTrue();
        driver.write(MmioDriver.INTERRUPT_ACK, MmioDriver.CONFIG_CHANGE);
        assertThat(bench.machine.isPinAsserted()).isTrue();
        driver.write(MmioDriver.INTERRUPT_ACK, MmioDriver.USED_BUFFER);
        assertThat(bench.machine.isPinAsserted()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void shouldAskForOneNotificationForABatchOnly(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format) | Feature.EVENT_IDX, 64);
        int kicks = 0;
        for (int round = 0; round < 20; round++) {
            offer(queue, 10);
            int expected = 10;
            if (queue.isKickNeeded()) {
                queue.kick();
                kicks++;
            }
            bench.machine.await("requests", () -> held.count() == expected);
            // The device is idle now and wants to hear of the next: more offers before it does cost nothing.
            for (int i = 0; i < 10; i++) {
                finishOne(queue);
            }
        }
        assertThat(kicks).isEqualTo(20);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotMissABufferThatCameWithoutNotification(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format), 16);
        offer(queue, 1);
        queue.kick();
        bench.machine.await("the request", () -> held.count() == 1);
        offer(queue, 1);
        assertThat(queue.isKickNeeded()).as("the device is idle").isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeNotificationsWithData(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format) | Feature.NOTIFICATION_DATA, 16);
        for (int round = 0; round < 40; round++) {
            offer(queue, 1);
            queue.kick();
            bench.machine.await("the request", () -> held.count() == 1);
            finishOne(queue);
        }
        assertThat(driver.needsReset()).isFalse();
    }

    /** A device that stops looking while the driver believes that it looks would keep this exchange waiting for ever. */
    @ParameterizedTest
    @EnumSource
    void shouldLoseNoRequestBetweenPollingAndSleeping(RingFormat format) {
        try (Bench polled = new Bench(new EchoDevice().polledFor(Duration.ofNanos(20_000)))) {
            DriverQueue queue = polled.live(Bench.features(format) | Feature.EVENT_IDX, 16);
            SplittableRandom random = new SplittableRandom(20261125);
            for (int i = 0; i < 3000; i++) {
                assertThat(polled.echo(queue, "n" + i)).isEqualTo("n" + i);
                for (int pause = random.nextInt(60); pause > 0; pause--) {
                    Thread.onSpinWait();
                }
            }
        }
    }
}
