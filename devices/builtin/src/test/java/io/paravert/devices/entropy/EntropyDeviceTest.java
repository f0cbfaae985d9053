package io.paravert.devices.entropy;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.devices.VirtioBench;
import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.VirtioCases;
import io.paravert.virtio.mmio.VirtioMmioDevice;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class EntropyDeviceTest {
    @TestFactory
    Stream<DynamicTest> conformance() {
        return VirtioCases.of((window, pin) -> new VirtioMmioDevice(new EntropyDevice(), window, pin::set))
                .tests();
    }

    @Test
    void shouldFillABufferWithWhatTheSourceGives() {
        try (VirtioBench bench = new VirtioBench(new EntropyDevice(bytes -> Arrays.fill(bytes, (byte) 0x5a)))) {
            DriverQueue queue = bench.live(0, 1)[0];
            assertThat(bench.driver.read(io.paravert.testkit.MmioDriver.DEVICE_ID))
                    .isEqualTo(4);
            byte[] got = bench.await(queue, bench.offer(queue, 100));
            assertThat(got).hasSize(100).containsOnly(0x5a);
        }
    }

    @Test
    void shouldGiveEachBufferOtherBytes() {
        try (VirtioBench bench = new VirtioBench(new EntropyDevice())) {
            DriverQueue queue = bench.live(0, 1)[0];
            byte[] first = bench.await(queue, bench.offer(queue, 64));
            byte[] second = bench.await(queue, bench.offer(queue, 64));
            assertThat(first).hasSize(64).isNotEqualTo(second);
        }
    }

    @Test
    void shouldGiveNoMoreThanAPageOfAHugeBuffer() {
        try (VirtioBench bench = new VirtioBench(new EntropyDevice())) {
            DriverQueue queue = bench.live(0, 1)[0];
            bench.offer(queue, 100_000);
            assertThat(queue.await().length()).isEqualTo(EntropyDevice.MOST);
        }
    }

    @Test
    void shouldAskForAResetWhenTheSourceFails() {
        EntropyDevice device = new EntropyDevice(bytes -> {
            throw new IllegalStateException("the source has run dry");
        });
        try (VirtioBench bench = new VirtioBench(device)) {
            DriverQueue queue = bench.live(0, 1)[0];
            bench.offer(queue, 8);
            bench.machine.await("the failure", bench.driver::needsReset);
            bench.driver.reset();
        }
    }
}
