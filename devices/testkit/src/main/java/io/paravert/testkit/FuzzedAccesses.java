package io.paravert.testkit;

import io.paravert.device.Delivery;
import io.paravert.device.Device;
import io.paravert.device.DeviceError;
import io.paravert.device.Isolation;
import io.paravert.device.RingService;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * A guest that makes accesses, calls and shared-memory rings as bytes say: what a coverage-guided fuzzer is given for a device
 * that is not virtio's. Each is answered by a value, a {@link DeviceError} or a refused address; anything else is an
 * {@link AssertionError}.
 */
public final class FuzzedAccesses {
    private static final int MEMORY_BYTES = 256 << 10;
    private static final int MOST_ACTIONS = 120;
    private static final int MOST_RINGS = 4;
    private static final int RING_BYTES = 8 << 10;
    private static final int PAGE = 4096;
    private static final int EVENT = 62;
    private static final Vertx VERTX = Vertx.vertx();

    private final Supplier<Device> maker;
    private final TestMemory memory = new TestMemory(MEMORY_BYTES);
    private Optional<Also> also = Optional.empty();

    /** What a guest does to the device beside accesses and calls of its own. */
    @FunctionalInterface
    public interface Also {
        /** @param bytes gives the input's next byte, 0 to 255, and 0 when there is none left */
        void act(TestMachine machine, IntSupplier bytes);
    }

    private FuzzedAccesses(Supplier<Device> maker) {
        this.maker = maker;
    }

    /** @param maker makes the device under test, a new one each time */
    public static FuzzedAccesses of(Supplier<Device> maker) {
        return new FuzzedAccesses(maker);
    }

    /** Has the guest do this now and then; an {@link AssertionError} of it is a finding. */
    public FuzzedAccesses also(Also action) {
        also = Optional.of(action);
        return this;
    }

    /**
     * One guest's life.
     *
     * @throws AssertionError if the device does what it must not
     */
    public void run(byte[] input) {
        memory.freeAll();
        memory.watchReads(gpa -> {});
        memory.watchWrites(gpa -> {});
        try (TestMachine machine = new TestMachine(VERTX, memory)) {
            machine.plug(maker.get(), Isolation.SHARED);
            new Life(machine, new ByteSource(input)).live();
        }
    }

    private final class Life {
        private final TestMachine machine;
        private final ByteSource source;
        private final List<TestSite.Claim> claims;
        private final List<TestSite.CallClaim> calls;
        private final List<RingService.Ring> rings = new ArrayList<>();
        private final long ringMemory;

        Life(TestMachine machine, ByteSource source) {
            this.machine = machine;
            this.source = source;
            this.claims = machine.site().claims();
            this.calls = machine.site().calls();
            this.ringMemory = memory.allocate((long) MOST_RINGS * RING_BYTES, PAGE);
        }

        void live() {
            for (int i = 0; i < MOST_ACTIONS && !source.isEmpty(); i++) {
                act(source.next());
            }
            machine.settle();
            rings.forEach(ring -> DeviceCases.answered(machine.closeRing(ring)));
            machine.settle();
            if (!machine.uncaught().isEmpty()) {
                throw new AssertionError(
                        "the device threw outside its handlers",
                        machine.uncaught().get(0));
            }
        }

        private void act(int what) {
            if (also.isPresent() && what >= 128) {
                also.get().act(machine, source::next);
                return;
            }
            switch (what % 8) {
                case 0, 1, 2 -> access();
                case 3 -> call();
                case 4 -> deviceCall();
                case 5 -> openRing();
                case 6 -> poke();
                default -> doorbell();
            }
        }

        private void access() {
            if (claims.isEmpty()) {
                return;
            }
            TestSite.Claim claim = claims.get(source.below(claims.size()));
            int size = 1 << source.below(claim.mmio() ? 4 : 3);
            if (size > claim.length()) {
                return;
            }
            long at = claim.first() + source.below((int) Math.min(0x10000, claim.length() - size + 1));
            boolean write = claim.delivery() == Delivery.POST || source.nextBoolean();
            DeviceCases.answered(machine.access(claim.mmio(), at, size, write, write ? word() : 0));
        }

        private void call() {
            if (!calls.isEmpty()) {
                TestSite.CallClaim claim = calls.get(source.below(calls.size()));
                DeviceCases.answered(machine.startCall(claim, claim.first() + source.below(claim.count()), words()));
            }
        }

        private void deviceCall() {
            int number = source.next();
            machine.site()
                    .deviceCalls()
                    .ifPresent(claim -> DeviceCases.answered(machine.startCall(claim, number, words())));
        }

        /** Half a ring that makes sense: what does not is written over it by {@link #poke}. */
        private void openRing() {
            if (rings.size() == MOST_RINGS || machine.site().rings().isEmpty()) {
                return;
            }
            int shape = source.next();
            long gpa = ringMemory + (long) rings.size() * RING_BYTES;
            if ((shape & 1) == 0) {
                RingDriver.layOut(memory, gpa, 1 << (shape >> 4 & 3), shape >> 1 & 3);
            }
            if ((shape & 8) != 0) {
                memory.putByte(gpa + source.below(256), (byte) source.next());
            }
            CompletableFuture<RingService.Ring> opening =
                    machine.openRing(rings.size(), (shape & 128) == 0 ? gpa : source.nextLong(), EVENT);
            DeviceCases.answered(opening);
            if (!opening.isCompletedExceptionally()) {
                rings.add(opening.join());
            }
        }

        private void poke() {
            long gpa = ringMemory + source.below(MOST_RINGS) * RING_BYTES + source.below(RING_BYTES - Long.BYTES);
            if (source.nextBoolean()) {
                memory.putByte(gpa, (byte) source.next());
            } else {
                memory.putIntRelease(gpa & -Integer.BYTES, source.next());
            }
        }

        private void doorbell() {
            if (!rings.isEmpty()) {
                machine.runOnDevice(rings.get(source.below(rings.size()))::doorbell);
            }
        }

        private long[] words() {
            long[] words = new long[6];
            for (int i = 0; i < words.length; i++) {
                words[i] = word();
            }
            return words;
        }

        /** What guests put in registers: small numbers, addresses, addresses at the edge, anything. */
        private long word() {
            int kind = source.next();
            return switch (kind & 7) {
                case 0, 1, 2 -> kind >> 3;
                case 3 -> ringMemory + source.below(RING_BYTES);
                case 4 -> memory.size() - source.below(1024);
                case 5 -> Long.MAX_VALUE - source.next();
                case 6 -> 512L * source.next();
                default -> source.nextLong();
            };
        }
    }
}
