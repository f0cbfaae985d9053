package io.paravert.testkit;

import io.paravert.device.Delivery;
import io.paravert.device.Device;
import io.paravert.device.DeviceError;
import io.paravert.device.DeviceIdentity;
import io.paravert.device.GuestAddressException;
import io.paravert.device.Isolation;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

/**
 * What every device must stand, whatever it claims, as JUnit tests: each access and call that a hostile guest can make is
 * answered, by a value, a {@link DeviceError}, or a {@link GuestAddressException}. For virtio devices see {@link VirtioCases}.
 *
 * <pre>
 * &#64;TestFactory
 * Stream&lt;DynamicTest&gt; conformance() {
 *     return DeviceCases.of(MyDevice::new).tests();
 * }
 * </pre>
 */
public final class DeviceCases {
    private static final int ACCESSES = 1_000;
    private static final int EVENTS = 64;
    private static final long PATIENCE = 20;

    private final Supplier<Device> maker;
    private long seed = System.nanoTime();

    private DeviceCases(Supplier<Device> maker) {
        this.maker = maker;
    }

    /** @param maker makes the device under test, a new one each time */
    public static DeviceCases of(Supplier<Device> maker) {
        return new DeviceCases(maker);
    }

    /** Seed of the random guest, to see a failure again; every run has another one unless it is set. */
    public DeviceCases seed(long fixed) {
        seed = fixed;
        return this;
    }

    public Stream<DynamicTest> tests() {
        return Stream.of(
                DynamicTest.dynamicTest("starts, stops, and can be made again", this::comesAndGoes),
                DynamicTest.dynamicTest("says what it is, always the same way", this::identity),
                DynamicTest.dynamicTest("answers any access to what it claims, seed " + seed, this::accesses),
                DynamicTest.dynamicTest("answers any call that it claims, seed " + seed, this::calls),
                DynamicTest.dynamicTest("stands signals of events that it may not have", this::events));
    }

    private void comesAndGoes() {
        for (int i = 0; i < 3; i++) {
            try (TestMachine machine = new TestMachine()) {
                machine.plug(maker.get());
                machine.settle();
                machine.unplug();
                nothingUncaught(machine);
            }
        }
    }

    private void identity() {
        Device device = maker.get();
        DeviceIdentity identity = device.identity();
        Isolation isolation = device.isolation();
        if (!identity.equals(device.identity()) || isolation != device.isolation()) {
            throw new AssertionError("identity() or isolation() changes between two calls");
        }
    }

    private void accesses() {
        SplittableRandom random = new SplittableRandom(seed);
        try (TestMachine machine = new TestMachine()) {
            machine.plug(maker.get());
            for (TestSite.Claim claim : machine.site().claims()) {
                for (int i = 0; i < ACCESSES; i++) {
                    int size = 1 << random.nextInt(claim.mmio() ? 4 : 3);
                    if (size > claim.length()) {
                        continue;
                    }
                    long address = claim.first() + random.nextLong(claim.length() - size + 1);
                    boolean write = claim.delivery() == Delivery.POST || random.nextBoolean();
                    answered(machine.access(claim.mmio(), address, size, write, write ? word(random, machine) : 0));
                }
            }
            machine.settle();
            nothingUncaught(machine);
        }
    }

    private void calls() {
        SplittableRandom random = new SplittableRandom(seed);
        try (TestMachine machine = new TestMachine()) {
            machine.plug(maker.get());
            for (TestSite.CallClaim claim : machine.site().calls()) {
                for (int i = 0; i < ACCESSES; i++) {
                    int number = claim.first() + random.nextInt(claim.count());
                    long[] arguments = random.longs(6)
                            .map(any -> word(random, machine))
                            .limit(6)
                            .toArray();
                    answered(machine.startCall(claim, number, arguments));
                }
            }
            machine.settle();
            nothingUncaught(machine);
        }
    }

    private void events() {
        try (TestMachine machine = new TestMachine()) {
            machine.plug(maker.get());
            machine.site().events().ifPresent(handler -> {
                for (int event = 0; event < EVENTS; event++) {
                    int signalled = event;
                    machine.runOnDevice(() -> handler.accept(signalled));
                }
            });
            nothingUncaught(machine);
        }
    }

    /** What guests put in registers: small numbers, addresses, addresses at the edge, anything. */
    private static long word(SplittableRandom random, TestMachine machine) {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextLong(16);
            case 1 -> 0x1000 + random.nextLong(0x8000);
            case 2 -> machine.memory().size() - random.nextLong(16);
            case 3 -> Long.MAX_VALUE - random.nextLong(3) + random.nextLong(3);
            default -> random.nextLong();
        };
    }

    /** Whether a failure is one that a device may answer a guest with. */
    private static boolean isAnAnswer(@Nullable Throwable failure) {
        return failure instanceof DeviceError || failure instanceof GuestAddressException;
    }

    static void answered(CompletableFuture<?> answer) {
        try {
            answer.get(PATIENCE, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (!isAnAnswer(cause)) {
                throw new AssertionError("a guest's request made the device fail by itself: " + cause, cause);
            }
        } catch (TimeoutException e) {
            throw new AssertionError("the device did not answer within " + PATIENCE + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static void nothingUncaught(TestMachine machine) {
        if (!machine.uncaught().isEmpty()) {
            throw new AssertionError(
                    "the device threw outside its handlers", machine.uncaught().get(0));
        }
    }
}
