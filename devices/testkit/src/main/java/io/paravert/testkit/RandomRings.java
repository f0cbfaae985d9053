package io.paravert.testkit;

import io.paravert.testkit.VirtioCases.Bench;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Drivers that do whatever comes to mind, mostly plausible, now and then absurd. The device answers, or asks for a reset; it
 * writes only where it was told to; and after a reset it is as new.
 */
final class RandomRings {
    private static final int DRIVERS = 20;
    private static final int ROUNDS = 6;
    private static final int REGISTER_ACCESSES = 2_000;
    private static final int GIVEN_BYTES = 4096;
    private static final int GUARD_BYTES = 64;
    private static final int PAGE = 4096;
    private static final byte GUARD = 0x5a;
    private static final int[] STATUSES = {0, 1, 3, 11, 15, 4, 64, 128, 255};

    private final Bench bench;
    private final RingFormat format;
    private final int queues;
    private final boolean givesPagesBack;
    private final long seed;
    private final TestMemory memory;
    private final SplittableRandom random;
    /** Pages that the device has given back: what was in them is gone, and that was the driver's wish. */
    private final Set<Long> discarded = ConcurrentHashMap.newKeySet();

    /** @param givesPagesBack a driver may name pages for that, also those of the guards */
    RandomRings(Bench bench, RingFormat format, int queues, boolean givesPagesBack, long seed) {
        this.bench = bench;
        this.format = format;
        this.queues = queues;
        this.givesPagesBack = givesPagesBack;
        this.seed = seed;
        this.memory = bench.machine.memory();
        this.random = new SplittableRandom(seed);
    }

    void run() {
        for (int i = 0; i < DRIVERS; i++) {
            String which = "seed " + seed + ", driver " + i;
            // Every second one writes on while the device works; of the others each byte is accounted for.
            if (i % 2 == 0) {
                patient(which);
            } else {
                racing(which);
            }
            bench.nothingUncaught();
            bench.driver.reset();
            bench.isFresh(queues);
        }
    }

    private long give() {
        long given = memory.allocate(GIVEN_BYTES, 16);
        for (int at = 0; at < GIVEN_BYTES; at += Integer.BYTES) {
            // Small numbers are what fields of requests are made of.
            memory.putInt(given + at, random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(8));
        }
        return given;
    }

    private void patient(String which) {
        memory.freeAll();
        long given = give();
        WriteWitness witness = new WriteWitness(memory, givesPagesBack);
        List<DriverQueue> all = bench.setUp(format, queues);
        all.forEach(queue -> witness.allow(format, queue.size(), queue.descriptorArea(), queue.deviceArea()));
        witness.begin();
        bench.driver.go();
        for (int round = 0; round < ROUNDS; round++) {
            DriverQueue queue = all.get(random.nextInt(all.size()));
            misbehave(random, queue, given);
            witness.begin();
            queue.kick();
            bench.machine.settle();
            bench.machine.settle();
            witness.check(which + ", round " + round);
        }
        witness.end();
    }

    private void racing(String which) {
        memory.freeAll();
        discarded.clear();
        if (givesPagesBack) {
            memory.watchDiscards((gpa, bytes) -> {
                for (long page = gpa / PAGE; page * PAGE < gpa + bytes; page++) {
                    discarded.add(page);
                }
            });
        }
        long low = guard();
        long given = give();
        List<DriverQueue> all = bench.live(format, queues);
        long high = guard();
        for (int round = 0; round < ROUNDS; round++) {
            DriverQueue queue = all.get(random.nextInt(all.size()));
            misbehave(random, queue, given);
            queue.kick();
        }
        bench.machine.settle();
        check(isGuarded(low) && isGuarded(high), "written outside what was given: " + which);
    }

    static void registers(Bench bench, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < REGISTER_ACCESSES; i++) {
            int register = random.nextInt(0x48) * Integer.BYTES;
            int size = random.nextInt(8) == 0 ? 1 << random.nextInt(4) : Integer.BYTES;
            long value = random.nextInt(4) == 0 ? random.nextInt() & 0xffff_ffffL : random.nextInt(64);
            if (register == MmioDriver.STATUS) {
                value = STATUSES[random.nextInt(STATUSES.length)];
            }
            // An access stays in one claim, as one that a processor makes stays in one register.
            int offset = size == 1 ? register + random.nextInt(Integer.BYTES) : register;
            if (size <= Integer.BYTES || register >= MmioDriver.CONFIG) {
                access(bench.machine, VirtioCases.WINDOW + offset, size, random.nextBoolean(), value);
            }
        }
        bench.driver.reset();
        bench.isFresh(1);
    }

    private static void access(TestMachine machine, long gpa, int size, boolean write, long value) {
        if (write) {
            machine.writeMmio(gpa, size, value);
        } else {
            machine.readMmio(gpa, size);
        }
    }

    private static void check(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }

    private long guard() {
        long gpa = memory.allocate(GUARD_BYTES, 16);
        byte[] bytes = new byte[GUARD_BYTES];
        Arrays.fill(bytes, GUARD);
        memory.write(gpa, bytes, 0, bytes.length);
        return gpa;
    }

    private boolean isGuarded(long gpa) {
        byte[] bytes = memory.copy(gpa, GUARD_BYTES);
        for (int i = 0; i < bytes.length; i++) {
            boolean wasGivenBack = bytes[i] == 0 && discarded.contains((gpa + i) / PAGE);
            if (bytes[i] != GUARD && !wasGivenBack) {
                return false;
            }
        }
        return true;
    }

    private static void misbehave(SplittableRandom random, DriverQueue queue, long given) {
        if (random.nextInt(3) > 0) {
            plausible(random, queue, given);
        } else {
            List<RawDescriptor> chain = new ArrayList<>();
            for (int n = random.nextInt(1, 5); n > 0; n--) {
                chain.add(descriptor(random, queue, given));
            }
            if (chain.size() <= queue.free()) {
                queue.offerRaw(chain);
            }
            if (random.nextInt(3) == 0) {
                boolean descriptors = random.nextBoolean();
                long area = descriptors ? queue.descriptorArea() : queue.driverArea();
                long bytes = descriptors ? 16L * queue.size() : 4;
                queue.memory().putByte(area + random.nextLong(bytes), (byte) random.nextInt());
            }
        }
    }

    /** A legal buffer whose contents are anything. */
    private static void plausible(SplittableRandom random, DriverQueue queue, long given) {
        List<DriverBuffer.Element> elements = new ArrayList<>();
        int readable = random.nextInt(3);
        int writable = readable == 0 ? random.nextInt(1, 3) : random.nextInt(3);
        for (int i = 0; i < readable + writable; i++) {
            long length = random.nextInt(1, random.nextBoolean() ? 20 : 600);
            elements.add(new DriverBuffer.Element(given + random.nextInt(2048), length, i >= readable));
        }
        DriverBuffer buffer = new DriverBuffer(elements, random.nextBoolean());
        if (queue.cost(buffer) <= queue.free()) {
            queue.offer(buffer);
        }
    }

    /** Nothing that it names for writing overlaps a guard. */
    private static RawDescriptor descriptor(SplittableRandom random, DriverQueue queue, long given) {
        int flags = random.nextInt(10) == 0 ? random.nextInt(0x10000) : random.nextInt(8);
        int next = random.nextInt(3) == 0 ? random.nextInt(queue.size() + 1) : RawDescriptor.FOLLOWING;
        long gpa = random.nextInt(10) == 0 ? Long.MAX_VALUE - random.nextInt(100) : given + random.nextInt(2048);
        long length = random.nextInt(10) == 0 ? 0xffff_f000L + random.nextInt(4096) : random.nextInt(2048);
        return new RawDescriptor(gpa, length, flags, next);
    }
}
