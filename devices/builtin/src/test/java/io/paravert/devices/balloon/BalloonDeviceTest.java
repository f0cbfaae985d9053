package io.paravert.devices.balloon;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.devices.VirtioBench;
import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.VirtioCases;
import io.paravert.virtio.mmio.VirtioMmioDevice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class BalloonDeviceTest {
    private static final int INFLATE = 0;
    private static final int DEFLATE = 1;
    private static final int STATISTICS = 2;

    @TestFactory
    Stream<DynamicTest> conformance() {
        return VirtioCases.of((window, pin) -> new VirtioMmioDevice(new BalloonDevice(16), window, pin::set))
                .inputQueues(STATISTICS)
                .givesPagesBack()
                .tests();
    }

    private static byte[] numbers(int... pages) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * pages.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int page : pages) {
            bytes.putInt(page);
        }
        return bytes.array();
    }

    @Test
    void shouldGiveBackThePagesThatTheDriverPutsInAndNoOthers() {
        try (VirtioBench bench = new VirtioBench(new BalloonDevice(16))) {
            DriverQueue[] queues = bench.live(BalloonDevice.F_DEFLATE_ON_OOM, 2);
            int page = 128;
            for (int i = 0; i < 6; i++) {
                bench.memory().putLong((long) (page + i) << 12, 0x1234);
            }
            bench.send(queues[INFLATE], numbers(page + 1, page + 2, page + 4));
            queues[INFLATE].await();
            for (int i = 0; i < 6; i++) {
                assertThat(bench.memory().getLong((long) (page + i) << 12))
                        .as("page " + i)
                        .isEqualTo(i == 1 || i == 2 || i == 4 ? 0 : 0x1234);
            }
            bench.send(queues[DEFLATE], numbers(page + 1));
            queues[DEFLATE].await();
            bench.driver.writeConfig(BalloonDevice.ACTUAL, 4, 2);
            assertThat(bench.driver.readConfig(BalloonDevice.ACTUAL, 4)).isEqualTo(2);
        }
    }

    /** Lists of page numbers, neighbours or not, in any order and cut into any pieces, against a model. */
    @Test
    void shouldGiveBackExactlyThePagesOfAnyList() {
        long seed = System.nanoTime();
        System.out.println("BalloonDeviceTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        int first = 64;
        int last = 255;
        try (VirtioBench bench = new VirtioBench(new BalloonDevice(16))) {
            DriverQueue[] queues = bench.live(BalloonDevice.F_DEFLATE_ON_OOM, 2);
            for (int round = 0; round < 50; round++) {
                Set<Integer> named = new HashSet<>();
                for (int page = first; page <= last; page++) {
                    bench.memory().putLong((long) page << 12, 0x1234);
                }
                int[] pages = new int[random.nextInt(1, 40)];
                for (int i = 0; i < pages.length; i++) {
                    boolean neighbour = i > 0 && pages[i - 1] < last && random.nextBoolean();
                    pages[i] = neighbour ? pages[i - 1] + 1 : random.nextInt(first, last + 1);
                    named.add(pages[i]);
                }
                bench.send(queues[INFLATE], numbers(pages));
                queues[INFLATE].await();
                for (int page = first; page <= last; page++) {
                    assertThat(bench.memory().getLong((long) page << 12))
                            .as("seed %d, round %d, page %d", seed, round, page)
                            .isEqualTo(named.contains(page) ? 0 : 0x1234);
                }
            }
        }
    }

    @Test
    void shouldAskForAResetWhenAPageIsNotTheGuests() {
        try (VirtioBench bench = new VirtioBench(new BalloonDevice(16))) {
            DriverQueue[] queues = bench.live(0, 2);
            bench.send(queues[INFLATE], numbers(-1));
            bench.machine.await("the refusal", bench.driver::needsReset);
            assertThat(bench.machine.uncaught()).isEmpty();
        }
    }

    @Test
    void shouldTellOfANewSize() {
        BalloonDevice balloon = new BalloonDevice(16);
        try (VirtioBench bench = new VirtioBench(balloon)) {
            bench.live(0, 2);
            assertThat(bench.driver.readConfig(BalloonDevice.WANTED, 4)).isEqualTo(16);
            balloon.resize(99);
            bench.machine.settle();
            assertThat(bench.driver.readConfig(BalloonDevice.WANTED, 4)).isEqualTo(99);
            assertThat(bench.driver.takeInterrupts()).isEqualTo(2);
        }
    }

    @Test
    void shouldTakeStatisticsWhenItAsksForThem() {
        BalloonDevice balloon = new BalloonDevice(0);
        try (VirtioBench bench = new VirtioBench(balloon)) {
            DriverQueue[] queues = bench.live(BalloonDevice.F_STATS, 3);
            bench.send(queues[STATISTICS], statistic(4, 1000));
            bench.machine.await("the first", () -> balloon.statistics().equals(Map.of(4, 1000L)));
            assertThat(queues[STATISTICS].poll()).as("kept until asked").isEmpty();
            balloon.askForStatistics();
            queues[STATISTICS].await();
            bench.send(queues[STATISTICS], statistic(5, 77));
            bench.machine.await("the second", () -> balloon.statistics().equals(Map.of(5, 77L)));
        }
    }

    private static byte[] statistic(int tag, long value) {
        return ByteBuffer.allocate(10)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) tag)
                .putLong(value)
                .array();
    }
}
