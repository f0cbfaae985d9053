package io.paravert.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.testkit.DriverBuffer;
import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.Feature;
import io.paravert.testkit.RingFormat;
import io.paravert.testkit.TestMemory;
import io.paravert.testkit.Used;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random legal drivers against a model: what is offered comes back once, with the device's bytes and the right length, and in
 * order where that was agreed. A device that finishes at once, later in any order, or on another thread makes no difference.
 */
class LegalDriverTest {
    private static final int DRIVERS = 40;
    private static final int STEPS = 120;

    /** What must come back for a ticket. */
    private record Expected(byte[] content, long answer) {}

    /** Completes at once, or when it pleases, or elsewhere. */
    private static final class Moody {
        private final SplittableRandom random;
        private final List<Promise<Void>> later = new ArrayList<>();
        private final AtomicInteger elsewhere = new AtomicInteger();

        Moody(SplittableRandom random) {
            this.random = random;
        }

        synchronized Future<Void> handle(Request request) {
            EchoDevice.echo(request);
            return switch (random.nextInt(3)) {
                case 0 -> Future.succeededFuture();
                case 1 -> {
                    Promise<Void> promise = Promise.promise();
                    later.add(promise);
                    yield promise.future();
                }
                default -> {
                    Promise<Void> promise = Promise.promise();
                    elsewhere.incrementAndGet();
                    Thread thread = new Thread(() -> {
                        promise.complete();
                        elsewhere.decrementAndGet();
                    });
                    thread.start();
                    yield promise.future();
                }
            };
        }

        /** Completes one of those that wait, if one does. */
        void finishOne() {
            Promise<Void> promise;
            synchronized (this) {
                if (later.isEmpty()) {
                    return;
                }
                promise = later.remove(random.nextInt(later.size()));
            }
            promise.complete();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldServeEveryLegalDriver(RingFormat format) {
        long seed = System.nanoTime();
        System.out.println("LegalDriverTest seed " + seed);
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int i = 0; i < DRIVERS; i++) {
            long one = seeds.nextLong();
            try {
                serveOne(format, new SplittableRandom(one));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + one + " of " + seed, e);
            }
        }
    }

    private static void serveOne(RingFormat format, SplittableRandom random) {
        Moody moody = new Moody(random.split());
        try (Bench bench = new Bench(new EchoDevice(moody::handle))) {
            long features = Bench.features(format)
                    | (random.nextBoolean() ? Feature.EVENT_IDX : 0)
                    | (random.nextBoolean() ? Feature.IN_ORDER : 0)
                    | (random.nextBoolean() ? Feature.NOTIFICATION_DATA : 0);
            int size = format == RingFormat.SPLIT ? 1 << random.nextInt(7) : random.nextInt(1, 100);
            DriverQueue queue = bench.live(features, size);
            Map<Integer, Expected> out = new HashMap<>();
            for (int step = 0; step < STEPS; step++) {
                for (int n = random.nextInt(4); n > 0; n--) {
                    offer(bench, queue, random, out);
                }
                if (queue.isKickNeeded()) {
                    queue.kick();
                }
                moody.finishOne();
                collect(bench, queue, out);
            }
            bench.machine.await("every buffer to come back", () -> {
                moody.finishOne();
                collect(bench, queue, out);
                return out.isEmpty();
            });
            assertThat(bench.driver.needsReset()).isFalse();
            assertThat(bench.machine.uncaught()).isEmpty();
            assertThat(queue.free()).isEqualTo(size);
        }
    }

    private static void offer(Bench bench, DriverQueue queue, SplittableRandom random, Map<Integer, Expected> out) {
        int readable = random.nextInt(4);
        int writable = random.nextInt(readable == 0 ? 1 : 0, 4);
        boolean indirect = random.nextInt(3) == 0;
        if ((indirect ? 1 : readable + writable) > queue.free()) {
            return;
        }
        TestMemory memory = bench.machine.memory();
        List<DriverBuffer.Element> elements = new ArrayList<>();
        byte[] content = new byte[readable == 0 ? 0 : random.nextInt(readable, 200)];
        random.nextBytes(content);
        split(random, bench.bytes(content), content.length, readable, false, elements);
        int room = writable == 0 ? 0 : random.nextInt(writable, 200);
        long answer = memory.allocate(Math.max(room, 1), 1);
        split(random, answer, room, writable, true, elements);
        byte[] expected = Arrays.copyOf(content, Math.min(content.length, room));
        out.put(queue.offer(new DriverBuffer(elements, indirect)), new Expected(expected, answer));
    }

    /** Cuts a range into so many pieces of at least a byte. */
    private static void split(
            SplittableRandom random, long gpa, int length, int pieces, boolean write, List<DriverBuffer.Element> to) {
        int at = 0;
        for (int left = pieces; left > 0; left--) {
            int part = left == 1 ? length - at : random.nextInt(1, length - at - left + 2);
            to.add(new DriverBuffer.Element(gpa + at, part, write));
            at += part;
        }
    }

    private static void collect(Bench bench, DriverQueue queue, Map<Integer, Expected> out) {
        Optional<Used> used = queue.poll();
        while (used.isPresent()) {
            Expected expected = out.remove(used.get().ticket());
            assertThat(used.get().length()).isEqualTo(expected.content().length);
            assertThat(bench.machine.memory().copy(expected.answer(), expected.content().length))
                    .isEqualTo(expected.content());
            used = queue.poll();
        }
    }

    @Test
    void shouldServeTheIndexOfASplitQueueAcrossItsWrap() {
        try (Bench bench = new Bench(new EchoDevice())) {
            DriverQueue queue = bench.live(Bench.features(RingFormat.SPLIT) | Feature.EVENT_IDX, 256);
            long text = bench.bytes("wrap".getBytes());
            long answer = bench.machine.memory().allocate(4, 1);
            DriverBuffer buffer = DriverBuffer.of(DriverBuffer.readable(text, 4), DriverBuffer.writable(answer, 4));
            int came = 0;
            while (came < 66_000) {
                for (int i = 0; i < 128; i++) {
                    queue.offer(buffer);
                }
                if (queue.isKickNeeded()) {
                    queue.kick();
                }
                for (int i = 0; i < 128; i++) {
                    assertThat(queue.await().length()).isEqualTo(4);
                    came++;
                }
            }
            assertThat(bench.driver.needsReset()).isFalse();
        }
    }
}
