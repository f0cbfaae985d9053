package io.paravert.vmm.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.device.GuestAddressException;
import org.junit.jupiter.api.Test;

class DiscardTest {
    @Test
    void shouldGiveBackWholePagesOfRamAndReadThemAsZeros() {
        try (GuestMemory memory = GuestMemory.allocate(4 * GuestMemory.PAGE)) {
            for (int page = 0; page < 4; page++) {
                memory.putLong((long) page * GuestMemory.PAGE, 7);
            }
            long[] told = new long[2];
            memory.setWriteObserver((gpa, length) -> {
                told[0] = gpa;
                told[1] = length;
            });
            memory.discard(GuestMemory.PAGE, 2 * GuestMemory.PAGE);
            assertThat(told).containsExactly(GuestMemory.PAGE, 2 * GuestMemory.PAGE);
            assertThat(memory.getLong(0)).isEqualTo(7);
            assertThat(memory.getLong(GuestMemory.PAGE)).isZero();
            assertThat(memory.getLong(2 * GuestMemory.PAGE)).isZero();
            assertThat(memory.getLong(3 * GuestMemory.PAGE)).isEqualTo(7);
            memory.putLong(GuestMemory.PAGE, 8);
            assertThat(memory.getLong(GuestMemory.PAGE)).isEqualTo(8);
        }
    }

    @Test
    void shouldRefuseWhatIsNoPageOfRam() {
        try (GuestMemory memory = GuestMemory.allocate(4 * GuestMemory.PAGE)) {
            for (long[] range : new long[][] {
                {1, GuestMemory.PAGE},
                {0, 1},
                {4L * GuestMemory.PAGE, GuestMemory.PAGE},
                {3L * GuestMemory.PAGE, 2 * GuestMemory.PAGE},
                {-GuestMemory.PAGE, GuestMemory.PAGE},
                {Long.MAX_VALUE - GuestMemory.PAGE + 1, GuestMemory.PAGE}
            }) {
                assertThatThrownBy(() -> memory.discard(range[0], range[1])).isInstanceOf(GuestAddressException.class);
            }
        }
    }
}
