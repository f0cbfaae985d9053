package io.paravert.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.Feature;
import io.paravert.testkit.MmioDriver;
import io.paravert.testkit.RawDescriptor;
import io.paravert.testkit.RingFormat;
import io.paravert.testkit.TestMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Drivers that write whatever comes to mind: the device goes on or asks for a reset, and touches only what it was given. */
class RandomDriverTest {
    private static final int DRIVERS = 150;
    private static final int GUARD = 0x5a;

    @ParameterizedTest
    @EnumSource
    void shouldSurviveRandomRings(RingFormat format) {
        long seed = System.nanoTime();
        System.out.println("RandomDriverTest rings seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        try (Bench bench = new Bench(new EchoDevice())) {
            for (int i = 0; i < DRIVERS; i++) {
                // The rings, and what the driver gives away, lie between two guards.
                TestMemory memory = bench.machine.memory();
                memory.freeAll();
                long low = guard(memory);
                long given = memory.allocate(4096, 16);
                DriverQueue queue = bench.live(
                        Bench.features(format) | (random.nextBoolean() ? Feature.EVENT_IDX : 0),
                        1 << random.nextInt(6));
                long high = guard(memory);
                misbehave(random, queue, given);
                assertThat(bench.machine.uncaught())
                        .as("seed %d, driver %d", seed, i)
                        .isEmpty();
                assertThat(memory.copy(low, 64))
                        .as("seed %d, driver %d", seed, i)
                        .containsOnly(GUARD);
                assertThat(memory.copy(high, 64))
                        .as("seed %d, driver %d", seed, i)
                        .containsOnly(GUARD);
            }
            DriverQueue queue = bench.live(Bench.features(format), 16);
            assertThat(bench.echo(queue, "still here")).isEqualTo("still here");
        }
    }

    private static long guard(TestMemory memory) {
        long gpa = memory.allocate(64, 16);
        for (int i = 0; i < 64; i++) {
            memory.putByte(gpa + i, (byte) GUARD);
        }
        return gpa;
    }

    private static void misbehave(SplittableRandom random, DriverQueue queue, long given) {
        for (int round = 0; round < 4; round++) {
            List<RawDescriptor> chain = new ArrayList<>();
            for (int n = random.nextInt(1, 5); n > 0; n--) {
                chain.add(descriptor(random, queue, given));
            }
            if (chain.size() <= queue.free()) {
                queue.offerRaw(chain);
            }
            if (random.nextInt(3) == 0) {
                long areas = random.nextBoolean() ? queue.descriptorArea() : queue.driverArea();
                long bytes = areas == queue.descriptorArea() ? 16L * queue.size() : 4;
                queue.memory().putByte(areas + random.nextLong(bytes), (byte) random.nextInt());
            }
            queue.kick();
        }
    }

    /** Mostly plausible, now and then absurd. Nothing that it names for writing overlaps a guard. */
    private static RawDescriptor descriptor(SplittableRandom random, DriverQueue queue, long given) {
        int flags = random.nextInt(10) == 0 ? random.nextInt(0x10000) : random.nextInt(8);
        int next = random.nextInt(3) == 0 ? random.nextInt(queue.size() + 1) : RawDescriptor.FOLLOWING;
        long gpa = random.nextInt(10) == 0 ? Long.MAX_VALUE - random.nextInt(100) : given + random.nextInt(2048);
        long length = random.nextInt(10) == 0 ? 0xffff_f000L + random.nextInt(4096) : random.nextInt(2048);
        return new RawDescriptor(gpa, length, flags, next);
    }

    @Test
    void shouldSurviveRandomRegisterAccesses() {
        long seed = System.nanoTime();
        System.out.println("RandomDriverTest registers seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        int[] statuses = {0, 1, 3, 11, 15, 4, 64, 128, 255};
        try (Bench bench = new Bench(new EchoDevice())) {
            for (int i = 0; i < 5_000; i++) {
                int register = random.nextInt(0x48) * 4;
                int size = random.nextInt(8) == 0 ? random.nextInt(1, 9) : 4;
                long value = random.nextInt(4) == 0 ? random.nextInt() & 0xffff_ffffL : random.nextInt(64);
                if (register == MmioDriver.STATUS) {
                    value = statuses[random.nextInt(statuses.length)];
                }
                int offset = random.nextInt(20) == 0 ? register + random.nextInt(4) : register;
                if (random.nextBoolean()) {
                    bench.machine.writeMmio(Bench.WINDOW + offset, size, value);
                } else {
                    bench.machine.readMmio(Bench.WINDOW + offset, size);
                }
            }
            assertThat(bench.machine.uncaught()).as("seed %d", seed).isEmpty();
            bench.driver.reset();
            DriverQueue queue = bench.live(Bench.features(RingFormat.SPLIT), 16);
            assertThat(bench.echo(queue, "still here")).isEqualTo("still here");
        }
    }
}
