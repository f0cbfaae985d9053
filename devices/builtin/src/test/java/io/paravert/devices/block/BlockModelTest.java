package io.paravert.devices.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.devices.VirtioBench;
import io.paravert.devices.path.IoRequest;
import io.paravert.testkit.DriverBuffer;
import io.paravert.testkit.DriverBuffer.Element;
import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.Feature;
import io.paravert.testkit.RingFormat;
import io.paravert.testkit.TestMemory;
import io.paravert.testkit.Used;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random legal block drivers, and some requests that must fail, against an array of bytes: every answer is exact, whatever the
 * pieces a request comes in and in whatever order the store finishes.
 */
class BlockModelTest {
    private static final int DRIVERS = 8;
    private static final int STEPS = 80;
    private static final int SECTORS = 256;
    private static final int MOST_SECTORS = 8;
    private static final int SECTOR = 512;
    private static final int IN = 0;
    private static final int OUT = 1;
    private static final int FLUSH = 4;
    private static final int WRITE_ZEROES = 13;
    private static final int OK = 0;
    private static final int IOERR = 1;

    /** A store that finishes in any order. On the device's context. */
    private static final class Shuffled implements BlockStore {
        private final MemoryStore store = new MemoryStore((long) SECTORS * SECTOR);
        private final SplittableRandom random;
        private final List<IoRequest> waiting = new ArrayList<>();

        Shuffled(SplittableRandom random) {
            this.random = random;
        }

        @Override
        public long sectors() {
            return SECTORS;
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public void begin(IoRequest request) {
            if (random.nextBoolean()) {
                store.begin(request);
            } else {
                waiting.add(request);
            }
        }

        void finishOne() {
            if (!waiting.isEmpty()) {
                store.begin(waiting.remove(random.nextInt(waiting.size())));
            }
        }
    }

    /** What must come back: a status, and for a read the bytes; sectors that it holds until then. */
    private record Expected(int status, long statusAt, List<Element> into, byte[] content, int first, int sectors) {}

    private static final class Driver {
        private final SplittableRandom random;
        private final Shuffled store;
        private final VirtioBench bench;
        private final DriverQueue queue;
        private final byte[] model = new byte[SECTORS * SECTOR];
        private final BitSet busy = new BitSet();
        private final Map<Integer, Expected> out = new HashMap<>();

        Driver(RingFormat format, SplittableRandom random) {
            this.random = random;
            this.store = new Shuffled(random.split());
            this.bench = new VirtioBench(new VirtioBlock(store, "disk"), 8 << 20);
            long ring = Feature.INDIRECT_DESC
                    | (random.nextBoolean() ? Feature.EVENT_IDX : 0)
                    | (format == RingFormat.PACKED ? Feature.RING_PACKED : 0);
            this.queue = bench.live(0xff_ffffL | ring, 1)[0];
        }

        void live() {
            try {
                for (int step = 0; step < STEPS; step++) {
                    offer();
                    if (queue.isKickNeeded()) {
                        queue.kick();
                    }
                    bench.machine.runOnDevice(store::finishOne);
                    collect();
                }
                bench.machine.await("all answers", () -> {
                    bench.machine.runOnDevice(store::finishOne);
                    collect();
                    return out.isEmpty();
                });
                assertThat(bench.driver.needsReset()).isFalse();
                assertThat(bench.machine.uncaught()).isEmpty();
            } finally {
                while (!out.isEmpty()) {
                    bench.machine.runOnDevice(store::finishOne);
                    queue.poll().ifPresent(used -> out.remove(used.ticket()));
                }
                bench.close();
            }
        }

        private void offer() {
            int type = List.of(IN, OUT, OUT, FLUSH, WRITE_ZEROES).get(random.nextInt(5));
            int sectors = type == FLUSH ? 0 : random.nextInt(1, MOST_SECTORS + 1);
            boolean wrong = type != FLUSH && random.nextInt(6) == 0;
            int first = wrong ? SECTORS - sectors + 1 + random.nextInt(4) : random.nextInt(SECTORS - sectors + 1);
            if (!wrong && !busy.get(first, first + sectors).isEmpty()) {
                return;
            }
            List<Element> elements = new ArrayList<>(pieces(header(type, first), 16, false));
            byte[] content = new byte[sectors * SECTOR];
            if (type == OUT) {
                random.nextBytes(content);
                elements.addAll(pieces(bench.bytes(content), content.length, false));
            } else if (type == WRITE_ZEROES) {
                elements.addAll(pieces(range(first, sectors), 16, false));
            }
            List<Element> into = new ArrayList<>();
            if (type == IN) {
                into = pieces(memory().allocate(content.length, 1), content.length, true);
                content = wrong ? content : Arrays.copyOfRange(model, first * SECTOR, (first + sectors) * SECTOR);
            }
            elements.addAll(into);
            long status = memory().allocate(1, 1);
            memory().putByte(status, (byte) 0xff);
            elements.add(DriverBuffer.writable(status, 1));
            DriverBuffer buffer = new DriverBuffer(elements, elements.size() > 4 || random.nextBoolean());
            if (queue.cost(buffer) > queue.free()) {
                return;
            }
            if (!wrong && (type == OUT || type == WRITE_ZEROES)) {
                System.arraycopy(content, 0, model, first * SECTOR, content.length);
            }
            if (!wrong) {
                busy.set(first, first + sectors);
            }
            out.put(
                    queue.offer(buffer),
                    new Expected(wrong ? IOERR : OK, status, into, content, first, wrong ? 0 : sectors));
        }

        private TestMemory memory() {
            return bench.memory();
        }

        private long header(int type, int sector) {
            long gpa = memory().allocate(16, 8);
            memory().putInt(gpa, type);
            memory().putLong(gpa + 8, type == WRITE_ZEROES ? 0 : sector);
            return gpa;
        }

        private long range(int sector, int sectors) {
            long gpa = memory().allocate(16, 8);
            memory().putLong(gpa, sector);
            memory().putInt(gpa + 8, sectors);
            return gpa;
        }

        /** Cuts a range into one to four pieces. */
        private List<Element> pieces(long gpa, int bytes, boolean writable) {
            List<Element> pieces = new ArrayList<>();
            int at = 0;
            for (int left = random.nextInt(4); left > 0 && bytes - at > 1; left--) {
                int part = random.nextInt(1, bytes - at);
                pieces.add(new Element(gpa + at, part, writable));
                at += part;
            }
            pieces.add(new Element(gpa + at, bytes - at, writable));
            return pieces;
        }

        private void collect() {
            for (Optional<Used> used = queue.poll(); used.isPresent(); used = queue.poll()) {
                Expected expected = out.remove(used.get().ticket());
                assertThat(expected).as("a buffer that was out").isNotNull();
                assertThat(memory().getByte(expected.statusAt())).isEqualTo((byte) expected.status());
                busy.clear(expected.first(), expected.first() + expected.sectors());
                boolean read = !expected.into().isEmpty();
                int data = read ? expected.content().length : 0;
                boolean failedRead = read && expected.status() != OK;
                assertThat(used.get().length()).isEqualTo(failedRead ? 0 : data + 1);
                int at = 0;
                for (Element piece : expected.into()) {
                    int length = (int) piece.length();
                    byte[] wanted = Arrays.copyOfRange(expected.content(), at, at + length);
                    assertThat(memory().copy(piece.gpa(), length)).isEqualTo(wanted);
                    at += length;
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldAnswerEveryLegalDriverExactly(RingFormat format) {
        long seed = System.nanoTime();
        System.out.println("BlockModelTest seed " + seed);
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int i = 0; i < DRIVERS; i++) {
            long one = seeds.nextLong();
            try {
                new Driver(format, new SplittableRandom(one)).live();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + one + " of " + seed, e);
            }
        }
    }
}
