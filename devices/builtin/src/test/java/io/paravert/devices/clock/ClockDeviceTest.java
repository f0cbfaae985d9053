package io.paravert.devices.clock;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.abi.Gpa;
import io.paravert.testkit.DeviceCases;
import io.paravert.testkit.TestMachine;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ClockDeviceTest {
    private static final long WINDOW = Gpa.DEVICE_WINDOW;
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-25T12:00:00.5Z"));

    @TestFactory
    Stream<DynamicTest> conformance() {
        return DeviceCases.of(ClockDevice::new).tests();
    }

    private TestMachine machine() {
        return new TestMachine().plug(new ClockDevice(now::get));
    }

    private static long wall(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000 + instant.getNano();
    }

    @Test
    void shouldTellTheTime() {
        try (TestMachine machine = machine()) {
            assertThat(machine.readMmio(WINDOW + ClockRegisters.WALL, 8)).isEqualTo(wall(now.get()));
            long first = machine.readMmio(WINDOW + ClockRegisters.MONOTONIC, 8);
            assertThat(machine.readMmio(WINDOW + ClockRegisters.MONOTONIC, 8)).isGreaterThanOrEqualTo(first);
            assertThat(machine.readMmio(WINDOW + ClockRegisters.WALL, 4))
                    .as("half a register")
                    .isZero();
        }
    }

    @Test
    void shouldRaiseAnAlarmOnceWhenItsTimeHasCome() {
        try (TestMachine machine = machine()) {
            long at = wall(now.get()) + 20_000_000;
            machine.writeMmio(WINDOW + ClockRegisters.ALARM, 8, at);
            machine.settle();
            assertThat(machine.raised(0)).isZero();
            assertThat(machine.readMmio(WINDOW + ClockRegisters.ALARM, 8)).isEqualTo(at);
            now.set(now.get().plusSeconds(1));
            machine.await("the alarm", () -> machine.raised(0) == 1);
            assertThat(machine.readMmio(WINDOW + ClockRegisters.ALARM, 8)).isZero();
            assertThat(machine.readMmio(WINDOW + ClockRegisters.FIRED, 8)).isEqualTo(1);
        }
    }

    @Test
    void shouldRaiseAnAlarmThatHasPassedAtOnceAndForgetOneThatIsTakenBack() {
        try (TestMachine machine = machine()) {
            machine.writeMmio(WINDOW + ClockRegisters.ALARM, 8, wall(now.get()) + 1_000_000);
            machine.writeMmio(WINDOW + ClockRegisters.ALARM, 8, 0);
            machine.settle();
            now.set(now.get().plusSeconds(1));
            machine.writeMmio(WINDOW + ClockRegisters.ALARM, 8, 1);
            machine.await("the second", () -> machine.raised(0) == 1);
            assertThat(machine.readMmio(WINDOW + ClockRegisters.FIRED, 8)).isEqualTo(1);
        }
    }
}
