package io.paravert.testkit;

import io.paravert.abi.Gpa;
import io.paravert.device.Device;
import io.paravert.device.Isolation;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * What every virtio device must stand, whatever it does, as JUnit tests. A device's author writes
 *
 * <pre>
 * &#64;TestFactory
 * Stream&lt;DynamicTest&gt; conformance() {
 *     return VirtioCases.of((window, pin) -&gt; new VirtioMmioDevice(new MyDevice(), window, pin::set)).tests();
 * }
 * </pre>
 *
 * <p>Each case has a machine and a device of its own. JUnit closes the stream when it has run them.
 */
public final class VirtioCases {
    /** Where the device's registers are. */
    public static final long WINDOW = Gpa.DEVICE_WINDOW;

    private static final int MEMORY_BYTES = 1 << 20;
    private static final int QUEUE_SIZE = 16;

    private final Maker maker;
    private Set<Integer> inputQueues = Set.of();
    private boolean givesPagesBack;
    private Optional<SlowBackEnd> backEnd = Optional.empty();
    private long seed = System.nanoTime();
    private Optional<Ground> ground = Optional.empty();

    /** @param shared devices share an event loop, whatever they ask for */
    record Ground(Vertx vertx, TestMemory memory, boolean shared) {}

    /** Makes the device under test. */
    @FunctionalInterface
    public interface Maker {
        /**
         * @param window GPA of its registers
         * @param pin its interrupt
         */
        Device make(long window, Pin pin);
    }

    /** An interrupt pin. */
    @FunctionalInterface
    public interface Pin {
        void set(boolean level);
    }

    private VirtioCases(Maker maker) {
        this.maker = maker;
    }

    public static VirtioCases of(Maker maker) {
        return new VirtioCases(maker);
    }

    /**
     * Queues whose buffers the device takes only when it has something to put in them: a wrong buffer there is not found
     * before that, and need not be.
     */
    public VirtioCases inputQueues(Integer... queues) {
        inputQueues = Set.of(queues);
        return this;
    }

    /** Requests to the device may name pages that it gives back to the host (GuestMemoryView.discard), anywhere in memory. */
    public VirtioCases givesPagesBack() {
        givesPagesBack = true;
        return this;
    }

    /**
     * Adds the cases of a device whose back end is slow or fails.
     *
     * @param slow stands behind each device that the maker makes; empty again for a new one
     */
    public VirtioCases backEnd(SlowBackEnd slow) {
        backEnd = Optional.of(slow);
        return this;
    }

    /** Seed of the random drivers, to see a failure again; every run has another one unless it is set. */
    public VirtioCases seed(long fixed) {
        seed = fixed;
        return this;
    }

    /** All cases that apply to the device. */
    public Stream<DynamicTest> tests() {
        // One for all cases: they are many, and each is short.
        Vertx vertx = Vertx.vertx();
        ground = Optional.of(new Ground(vertx, new TestMemory(MEMORY_BYTES), false));
        int queues;
        try (Bench bench = bench()) {
            queues = (int) IntStream.iterate(0, i -> bench.driver.maximumSize(i) > 0, i -> i + 1)
                    .count();
        }
        List<DynamicTest> tests = new ArrayList<>();
        tests.add(test("says what it is", VirtioCases::identity));
        tests.add(test("refuses features that it did not offer", VirtioCases::features));
        tests.add(test("answers every access to its configuration", VirtioCases::configuration));
        tests.add(test("ignores notifications that come too early or name no queue", this::earlyNotify));
        for (RingFormat format : RingFormat.values()) {
            tests.add(test("touches no queue before DRIVER_OK " + format, b -> earlyBuffers(b, format, queues)));
            tests.add(test("starts anew after a reset at every point " + format, b -> resets(b, format, queues)));
            tests.add(test(
                    "survives random drivers " + format + ", seed " + seed,
                    b -> new RandomRings(b, format, queues, givesPagesBack, seed).run()));
            backEnd.ifPresent(slow -> slow(tests, format, queues, slow));
            for (int queue = 0; queue < queues; queue++) {
                hostile(tests, format, queue, queues);
            }
        }
        tests.add(test("survives random register accesses, seed " + seed, b -> RandomRings.registers(b, seed)));
        return tests.stream().onClose(() -> {
            ground = Optional.empty();
            TestMachine.wait(vertx.close().toCompletionStage().toCompletableFuture());
        });
    }

    private Bench bench() {
        return new Bench(maker, ground.orElseThrow(() -> new IllegalStateException("the stream of tests is closed")));
    }

    private DynamicTest test(String name, Consumer<Bench> body) {
        return DynamicTest.dynamicTest(name, () -> {
            try (Bench bench = bench()) {
                body.accept(bench);
                bench.nothingUncaught();
            }
        });
    }

    private void slow(List<DynamicTest> tests, RingFormat format, int queues, SlowBackEnd slow) {
        Map<String, Consumer<BackEndCases>> cases = Map.of(
                "starts anew after a reset at every point of a slow back end's work ", BackEndCases::resetsAtEveryPoint,
                "keeps a reset waiting while the back end is at work ", BackEndCases::waitsForWhatIsUnderWay,
                "tells the driver when the back end fails ", BackEndCases::saysThatItFails);
        cases.forEach((name, body) -> tests.add(DynamicTest.dynamicTest(name + format, () -> {
            // What a failing back end makes a device throw is for the log, and no mistake.
            try (Bench bench = bench()) {
                body.accept(new BackEndCases(bench, format, queues, slow));
            }
        })));
    }

    private void hostile(List<DynamicTest> tests, RingFormat format, int queue, int queues) {
        for (HostileSetup setup : HostileSetup.values()) {
            if (setup.appliesTo(format)) {
                tests.add(test(
                        "queue " + queue + ": " + setup + " " + format, b -> refusedSetup(b, format, queue, setup)));
            }
        }
        for (HostileChain chain : HostileChain.values()) {
            if (chain.appliesTo(format) && !chain.needsAnIdleDevice()) {
                tests.add(test(
                        "queue " + queue + ": " + chain + " " + format,
                        b -> refusedChain(b, format, queue, queues, chain)));
            }
        }
    }

    private static void check(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }

    private static void identity(Bench bench) {
        MmioDriver driver = bench.driver;
        check(driver.read(MmioDriver.MAGIC_VALUE) == 0x7472_6976, "MagicValue is not \"virt\"");
        check(driver.read(MmioDriver.VERSION) == 2, "Version is not 2");
        check(driver.read(MmioDriver.DEVICE_ID) > 0, "DeviceID is 0: no device");
        check((driver.offeredFeatures() & Feature.VERSION_1) != 0, "VERSION_1 is not offered");
        check(driver.maximumSize(0) > 0, "there is no queue 0");
    }

    private static void features(Bench bench) {
        MmioDriver driver = bench.driver;
        long offered = driver.offeredFeatures();
        for (int bit = 0; bit < Long.SIZE; bit++) {
            if ((offered & 1L << bit) == 0) {
                driver.begin();
                check(!driver.choose(Feature.VERSION_1 | 1L << bit), "feature " + bit + " was granted and not offered");
            }
        }
        driver.begin();
        check(!driver.choose(offered & ~Feature.VERSION_1), "a driver without VERSION_1 was accepted");
        driver.negotiate(offered);
    }

    private static void configuration(Bench bench) {
        bench.driver.negotiate(0);
        for (int offset = 0; offset < 64; offset++) {
            for (int size = 1; size <= Long.BYTES; size *= 2) {
                bench.driver.readConfig(offset, size);
                bench.driver.writeConfig(offset, size, -1L >>> Long.SIZE - Byte.SIZE * size);
            }
        }
    }

    private void earlyNotify(Bench bench) {
        for (int value : new int[] {0, 1, 0xffff, -1}) {
            bench.driver.write(MmioDriver.QUEUE_NOTIFY, value);
        }
        bench.driver.begin();
        bench.driver.write(MmioDriver.QUEUE_NOTIFY, 0);
        bench.machine.settle();
        check(!bench.driver.needsReset(), "an early notification broke the device");
    }

    private static void earlyBuffers(Bench bench, RingFormat format, int queues) {
        MmioDriver driver = bench.driver;
        List<DriverQueue> early = bench.setUp(format, queues);
        early.forEach(queue -> queue.offer(bench.plainBuffer()));
        List<Long> read = new ArrayList<>();
        bench.machine.memory().watchReads(read::add);
        early.forEach(DriverQueue::kick);
        bench.machine.settle();
        bench.machine.memory().watchReads(gpa -> {});
        check(read.isEmpty(), "memory was read before DRIVER_OK, at " + read);
        check(early.stream().allMatch(queue -> queue.poll().isEmpty()), "a buffer was used before DRIVER_OK");
        check(driver.read(MmioDriver.INTERRUPT_STATUS) == 0, "the driver was notified before DRIVER_OK");
        check(!driver.needsReset(), "an early notification broke the device");
        driver.reset();
        bench.isFresh(queues);
    }

    private static void resets(Bench bench, RingFormat format, int queues) {
        MmioDriver driver = bench.driver;
        List<Runnable> steps = List.of(
                () -> driver.write(MmioDriver.STATUS, MmioDriver.ACKNOWLEDGE),
                driver::begin,
                () -> driver.negotiate(bench.features(format)),
                () -> {
                    driver.negotiate(bench.features(format));
                    driver.setUp(0, QUEUE_SIZE);
                },
                () -> bench.live(format, queues),
                () -> bench.live(format, queues).forEach(queue -> {
                    queue.offer(bench.plainBuffer());
                    queue.kick();
                }),
                () -> driver.write(MmioDriver.STATUS, MmioDriver.FAILED));
        for (Runnable step : steps) {
            bench.machine.memory().freeAll();
            step.run();
            driver.reset();
            bench.isFresh(queues);
            bench.live(format, queues);
            driver.reset();
        }
    }

    private static void refusedSetup(Bench bench, RingFormat format, int queue, HostileSetup setup) {
        MmioDriver driver = bench.driver;
        driver.negotiate(bench.features(format));
        setup.provoke(driver, driver.place(queue, 4));
        check(!driver.isReady(queue), "the queue was taken over");
        check(driver.needsReset(), "DEVICE_NEEDS_RESET is not set");
        driver.reset();
        bench.isFresh(queue + 1);
    }

    private void refusedChain(Bench bench, RingFormat format, int index, int queues, HostileChain chain) {
        DriverQueue queue = bench.live(format, queues).get(index);
        if (!chain.appliesTo(queue)) {
            return;
        }
        chain.provoke(queue);
        TestMemory memory = bench.machine.memory();
        Set<Long> written = new TreeSet<>();
        memory.watchWrites(gpa -> {
            if (!bench.isDeviceArea(gpa)) {
                written.add(gpa);
            }
        });
        queue.kick();
        bench.machine.settle();
        memory.watchWrites(gpa -> {});
        check(
                bench.driver.needsReset() || inputQueues.contains(index),
                "the device took what it must refuse, and DEVICE_NEEDS_RESET is not set");
        check(written.isEmpty(), "the device wrote to " + written);
        bench.driver.reset();
        bench.isFresh(queues);
    }

    /** A machine with the device, and a driver in front of it. */
    static final class Bench implements AutoCloseable {
        final TestMachine machine;
        final MmioDriver driver;
        private List<DriverQueue> queues = List.of();

        Bench(Maker maker, Ground ground) {
            ground.memory().freeAll();
            ground.memory().watchReads(gpa -> {});
            ground.memory().watchWrites(gpa -> {});
            ground.memory().watchLongReads(gpa -> {});
            ground.memory().watchDiscards((gpa, bytes) -> {});
            machine = new TestMachine(ground.vertx(), ground.memory());
            driver = new MmioDriver(machine, WINDOW);
            Device device = maker.make(WINDOW, machine::setPin);
            machine.plug(device, ground.shared() ? Isolation.SHARED : device.isolation());
        }

        /** What a usual driver wants of this format. */
        long features(RingFormat format) {
            return Feature.INDIRECT_DESC | (format == RingFormat.PACKED ? Feature.RING_PACKED : 0);
        }

        /** A live device with all its queues. */
        List<DriverQueue> live(RingFormat format, int count) {
            List<DriverQueue> all = setUp(format, count);
            driver.go();
            machine.settle();
            return all;
        }

        /** All queues, before DRIVER_OK. */
        List<DriverQueue> setUp(RingFormat format, int count) {
            driver.negotiate(features(format) | driver.offeredFeatures() & 0xff_ffffL);
            queues = IntStream.range(0, count)
                    .mapToObj(i -> driver.setUp(i, Math.min(QUEUE_SIZE, driver.maximumSize(i))))
                    .toList();
            return queues;
        }

        /** Whether an address is one that the device may write without having been given it. */
        boolean isDeviceArea(long gpa) {
            return queues.stream().anyMatch(q -> {
                // Split: used ring; packed: descriptors are written back in place, and the device's event structure.
                long bytes = q.format() == RingFormat.SPLIT ? 6 + 8L * q.size() : 4;
                boolean ring = q.format() == RingFormat.PACKED
                        && gpa >= q.descriptorArea()
                        && gpa < q.descriptorArea() + 16L * q.size();
                return ring || gpa >= q.deviceArea() && gpa < q.deviceArea() + bytes;
            });
        }

        DriverBuffer plainBuffer() {
            return DriverBuffer.of(
                    DriverBuffer.readable(machine.memory().allocate(64, 8), 64),
                    DriverBuffer.writable(machine.memory().allocate(64, 8), 64));
        }

        void isFresh(int count) {
            check(driver.status() == 0, "the status is not 0 after a reset");
            check(driver.read(MmioDriver.INTERRUPT_STATUS) == 0, "an interrupt outlived the reset");
            check(!machine.isPinAsserted(), "the pin stayed asserted over the reset");
            for (int i = 0; i < count; i++) {
                check(!driver.isReady(i), "queue " + i + " is still ready after the reset");
            }
        }

        void nothingUncaught() {
            List<Throwable> uncaught = machine.uncaught();
            if (!uncaught.isEmpty()) {
                throw new AssertionError("the device threw outside its handlers: " + uncaught, uncaught.get(0));
            }
        }

        @Override
        public void close() {
            machine.close();
        }
    }
}
