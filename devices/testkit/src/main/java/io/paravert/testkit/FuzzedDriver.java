package io.paravert.testkit;

import io.paravert.testkit.VirtioCases.Bench;
import io.paravert.testkit.VirtioCases.Ground;
import io.paravert.testkit.VirtioCases.Maker;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/**
 * A driver of a virtio device that does what bytes say: what a coverage-guided fuzzer is given. The device may answer or ask for
 * a reset; it writes only where it was told to, throws nowhere, gives back each buffer once to a driver that keeps the rules,
 * and is as new after a reset. Anything else is an {@link AssertionError}.
 *
 * <pre>
 * private static final FuzzedDriver DRIVER = FuzzedDriver.of((window, pin) -&gt; new VirtioMmioDevice(...));
 *
 * public static void fuzzerTestOneInput(byte[] input) {
 *     DRIVER.run(input);
 * }
 * </pre>
 */
public final class FuzzedDriver {
    private static final int MEMORY_BYTES = 256 << 10;
    private static final int GIVEN_BYTES = 8 << 10;
    private static final int MOST_ACTIONS = 120;
    private static final int MOST_STARTS = 6;
    private static final int REGISTERS = 0x100;
    /** Requests that a slow back end may keep waiting at most. */
    private static final int MOST_BEHIND = 32;
    /** One for all inputs: what a fuzzer finds must not depend on what it tried before, so memory is zeroed each time. */
    private static final Vertx VERTX = Vertx.vertx();

    private final Maker maker;
    private final TestMemory memory = new TestMemory(MEMORY_BYTES);
    private boolean givesPagesBack;
    private IntConsumer stimulus = choice -> {};

    private FuzzedDriver(Maker maker) {
        this.maker = maker;
    }

    public static FuzzedDriver of(Maker maker) {
        return new FuzzedDriver(maker);
    }

    /** As {@link VirtioCases#givesPagesBack}. */
    public FuzzedDriver givesPagesBack() {
        givesPagesBack = true;
        return this;
    }

    /**
     * What happens to the device from behind, between the driver's actions: a back end finishes something, or fails it.
     *
     * @param behind is told 0 to 255, what to do, 0 so often that a device which is slow has finished all; on the device's
     *     context
     */
    public FuzzedDriver stimulus(IntConsumer behind) {
        stimulus = behind;
        return this;
    }

    /**
     * One driver's life.
     *
     * @throws AssertionError if the device does what it must not
     */
    public void run(byte[] input) {
        try (Bench bench = new Bench(maker, new Ground(VERTX, memory, true))) {
            Life life = new Life(bench, new ByteSource(input));
            try {
                life.live();
            } finally {
                life.finishBehind();
            }
        }
    }

    private final class Life {
        private final Bench bench;
        private final MmioDriver driver;
        private final TestMachine machine;
        private final ByteSource source;
        private final WriteWitness witness;
        private final long given;
        private List<DriverQueue> queues = List.of();
        /** Writable bytes of the buffers that are out, of a driver that has kept the rules so far; by queue and ticket. */
        private final Map<List<Integer>, Long> out = new HashMap<>();

        private boolean honest;
        private int starts;

        Life(Bench bench, ByteSource source) {
            this.bench = bench;
            this.driver = bench.driver;
            this.machine = bench.machine;
            this.source = source;
            this.given = memory.allocate(GIVEN_BYTES, 16);
            this.witness = new WriteWitness(memory, givesPagesBack);
        }

        void live() {
            start(source.next());
            for (int i = 0; i < MOST_ACTIONS && !source.isEmpty(); i++) {
                act(source.next());
            }
            witness.begin();
            settle();
            collect();
            reset();
            bench.isFresh(queues.size());
            bench.live(RingFormat.SPLIT, queues.size());
            if (driver.needsReset()) {
                throw new AssertionError("the device is broken beyond its reset");
            }
            bench.nothingUncaught();
        }

        private void act(int what) {
            switch (what % 12) {
                case 0 -> start(source.next());
                case 1, 2 -> offer();
                case 3 -> offerRaw();
                case 4 -> kick();
                case 5 -> poke();
                case 6 -> configuration();
                case 7 -> register();
                case 8 -> enable();
                case 9 -> behind(source.next());
                case 10 -> collect();
                default -> kickAll();
            }
        }

        /** What the device does from here on is held against what it was told. */
        private void settle() {
            // What runs on the device's context may put something more there.
            machine.settle();
            machine.settle();
            witness.check("status " + driver.status());
            bench.nothingUncaught();
        }

        private void start(int choice) {
            if (starts++ == MOST_STARTS) {
                return;
            }
            RingFormat format = (choice & 1) == 0 ? RingFormat.SPLIT : RingFormat.PACKED;
            long wanted = bench.features(format)
                    | ((choice & 2) != 0 ? Feature.EVENT_IDX : 0)
                    | ((choice & 4) != 0 ? Feature.IN_ORDER : 0)
                    | ((choice & 8) != 0 ? Feature.RING_RESET : 0)
                    | ((choice & 16) != 0 ? Feature.NOTIFICATION_DATA : 0)
                    | ((choice & 32) != 0 ? 0 : driver.offeredFeatures() & 0xff_ffffL);
            reset();
            driver.negotiate(wanted);
            List<DriverQueue> all = new ArrayList<>();
            for (int i = 0; driver.maximumSize(i) > 0; i++) {
                DriverQueue queue = driver.place(i, Math.min(1 << (choice >> 6) + 2, driver.maximumSize(i)));
                witness.allow(format, queue.size(), queue.descriptorArea(), queue.deviceArea());
                driver.enable(queue);
                all.add(queue);
            }
            queues = all;
            out.clear();
            honest = true;
            witness.begin();
            driver.go();
            settle();
        }

        private void reset() {
            witness.begin();
            write(MmioDriver.STATUS, 0);
        }

        /** A write to a register that may have to wait for what is under way. */
        private void write(int register, int value) {
            CompletableFuture<Long> written =
                    machine.startWriteMmio(VirtioCases.WINDOW + register, Integer.BYTES, value & 0xffff_ffffL);
            machine.settle();
            if (!written.isDone()) {
                finishBehind();
            }
            TestMachine.wait(written);
        }

        void finishBehind() {
            for (int i = 0; i < MOST_BEHIND; i++) {
                machine.runOnDevice(() -> stimulus.accept(0));
            }
        }

        private DriverQueue queue() {
            return queues.get(source.below(queues.size()));
        }

        private long place() {
            return given + source.below(GIVEN_BYTES / 2);
        }

        /** A legal buffer whose contents are anything. */
        private void offer() {
            DriverQueue queue = queue();
            int shape = source.next();
            List<DriverBuffer.Element> elements = new ArrayList<>();
            long writable = 0;
            for (int i = shape & 3; i > 0; i--) {
                byte[] content = source.bytes(1 + source.below(40));
                long gpa = place();
                memory.write(gpa, content, 0, content.length);
                elements.add(DriverBuffer.readable(gpa, content.length));
            }
            for (int i = shape >> 2 & 3; i > 0; i--) {
                int bytes = 1 + source.below(1024);
                elements.add(DriverBuffer.writable(place(), bytes));
                writable += bytes;
            }
            DriverBuffer buffer = new DriverBuffer(elements, (shape & 16) != 0);
            if (!elements.isEmpty() && honest && queue.cost(buffer) <= queue.free()) {
                out.put(List.of(queue.index(), queue.offer(buffer)), writable);
            }
            if ((shape & 32) != 0) {
                kick(queue);
            }
        }

        private void offerRaw() {
            DriverQueue queue = queue();
            List<RawDescriptor> chain = new ArrayList<>();
            for (int n = 1 + source.below(4); n > 0; n--) {
                int shape = source.next();
                long gpa = (shape & 1) != 0 ? place() : edge(shape >> 4);
                long length = (shape & 2) != 0 ? source.nextInt() & 0xffff_ffffL : source.below(1024);
                int flags = (shape & 4) != 0 ? source.next() | source.next() << 8 : source.below(8);
                int next = (shape & 8) != 0 ? source.below(0x10000) : RawDescriptor.FOLLOWING;
                chain.add(new RawDescriptor(gpa, length, flags, next));
            }
            honest = false;
            if (chain.size() <= queue.free()) {
                queue.offerRaw(chain);
            }
            kick(queue);
        }

        private long edge(int which) {
            return switch (which & 3) {
                case 0 -> memory.size() - source.below(64);
                case 1 -> Long.MAX_VALUE - source.below(64);
                case 2 -> -(long) source.below(64);
                default -> source.nextLong();
            };
        }

        private void kick() {
            kick(queue());
        }

        private void kick(DriverQueue queue) {
            witness.begin();
            queue.kick();
            settle();
        }

        private void kickAll() {
            witness.begin();
            queues.forEach(DriverQueue::kick);
            settle();
        }

        /** Writes into a ring or into what was given, as a processor beside the driver does. */
        private void poke() {
            DriverQueue queue = queue();
            int where = source.next();
            switch (where & 3) {
                case 0 -> put(queue.descriptorArea() + source.below(16 * queue.size()), source.next());
                case 1 -> put(queue.driverArea() + source.below(4), source.next());
                case 2 -> put(queue.deviceArea() + source.below(4), source.next());
                default -> put(given + source.below(GIVEN_BYTES), source.next());
            }
            honest &= (where & 3) == 3;
        }

        private void put(long gpa, int value) {
            memory.putByte(gpa, (byte) value);
        }

        private void configuration() {
            int offset = source.below(64);
            int size = 1 << source.below(3);
            witness.begin();
            if (source.nextBoolean()) {
                driver.writeConfig(offset, size, source.nextInt() & 0xffff_ffffL >>> Integer.SIZE - Byte.SIZE * size);
            } else {
                driver.readConfig(offset, size);
            }
            settle();
        }

        private void register() {
            int register = source.below(REGISTERS) & ~3;
            boolean address = register >= MmioDriver.QUEUE_DESC && register < MmioDriver.QUEUE_DEVICE + 8;
            if (address) {
                // Where queues are is told by enable(), which says so to the witness.
                return;
            }
            honest = false;
            witness.begin();
            if (source.nextBoolean()) {
                write(register, source.nextBoolean() ? source.next() : source.nextInt());
            } else {
                driver.read(register);
            }
            settle();
        }

        /** Takes a queue away and hands it over again, at places that may be wrong. */
        private void enable() {
            DriverQueue queue = queue();
            int shape = source.next();
            int size = (shape & 1) != 0 ? queue.size() : source.nextInt();
            long descriptors = (shape & 2) != 0 ? queue.descriptorArea() : given + (long) source.below(256) * 4;
            long driverArea = (shape & 4) != 0 ? queue.driverArea() : given + 4096 + source.below(256);
            long deviceArea = (shape & 8) != 0 ? queue.deviceArea() : edge(shape >> 4);
            honest = false;
            for (RingFormat format : RingFormat.values()) {
                witness.allow(
                        format, Math.min(size & 0xffff, driver.maximumSize(queue.index())), descriptors, deviceArea);
            }
            witness.begin();
            driver.write(MmioDriver.QUEUE_SEL, queue.index());
            boolean byReset = (shape & 128) != 0;
            write(byReset ? MmioDriver.QUEUE_RESET : MmioDriver.QUEUE_READY, byReset ? 1 : 0);
            driver.enable(queue.index(), size, descriptors, driverArea, deviceArea);
            settle();
        }

        private void behind(int choice) {
            witness.begin();
            machine.runOnDevice(() -> stimulus.accept(choice));
            settle();
        }

        /** A driver that kept the rules gets its buffers back, each once; {@link DriverQueue} sees to the rest. */
        private void collect() {
            if (!honest) {
                return;
            }
            for (DriverQueue queue : queues) {
                Optional<Used> used = queue.poll();
                while (used.isPresent()) {
                    Long room = out.remove(List.of(queue.index(), used.get().ticket()));
                    if (room == null || used.get().length() > room) {
                        throw new AssertionError(
                                "queue " + queue.index() + " gave back " + used.get() + " of a buffer of " + room);
                    }
                    used = queue.poll();
                }
            }
            witness.begin();
        }
    }
}
