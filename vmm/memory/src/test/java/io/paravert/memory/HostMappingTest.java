package io.paravert.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HostMappingTest {
    private static boolean isMapped(long address) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream().anyMatch(line -> {
            String[] range = line.substring(0, line.indexOf(' ')).split("-");
            return Long.compareUnsigned(Long.parseUnsignedLong(range[0], 16), address) <= 0
                    && Long.compareUnsigned(address, Long.parseUnsignedLong(range[1], 16)) < 0;
        });
    }

    @Test
    void shouldBePageAlignedZeroedAndGoneAfterClose() throws IOException {
        HostMapping mapping = HostMapping.allocate(64 << 20);
        long address = mapping.address();
        assertThat(address % HostMapping.PAGE).isZero();
        assertThat(RawMemory.getLong(address + (64 << 20) - 8)).isZero();
        assertThat(isMapped(address)).isTrue();
        mapping.close();
        mapping.close();
        assertThat(isMapped(address)).isFalse();
    }

    @Test
    void shouldReadZerosAfterADiscard() {
        try (HostMapping mapping = HostMapping.allocate(HostMapping.PAGE)) {
            RawMemory.putLong(mapping.address(), -1);
            mapping.discard();
            assertThat(RawMemory.getLong(mapping.address())).isZero();
        }
    }

    @Test
    void shouldDiscardNothingAfterClose() {
        HostMapping mapping = HostMapping.allocate(HostMapping.PAGE);
        mapping.close();
        mapping.discard();
        assertThat(mapping.size()).isEqualTo(HostMapping.PAGE);
    }

    @Test
    void shouldSayInOneLineWhatItCannotMap() {
        assertThatThrownBy(() -> HostMapping.allocate(4095))
                .isInstanceOf(HostMemoryException.class)
                .hasMessage("cannot map 4095 bytes: the size must be a positive multiple of 4096");
        assertThatThrownBy(() -> HostMapping.allocate(1L << 60))
                .isInstanceOf(HostMemoryException.class)
                .hasMessageStartingWith(
                        "cannot map 1152921504606846976 bytes of host memory: the host has not that much memory");
    }

    @Test
    void shouldCopyOverlappingRangesAndShowThemAsABuffer() {
        try (HostMapping mapping = HostMapping.allocate(HostMapping.PAGE)) {
            byte[] bytes = {1, 2, 3, 4, 5};
            RawMemory.write(mapping.address(), bytes, 0, 5);
            RawMemory.copy(mapping.address(), mapping.address() + 2, 5);
            ByteBuffer buffer = RawMemory.buffer(mapping.address(), 7);
            byte[] seen = new byte[7];
            buffer.get(seen);
            assertThat(seen).containsExactly(1, 2, 1, 2, 3, 4, 5);
        }
    }

    @Test
    void shouldBeLittleEndianInMemory() {
        try (HostMapping mapping = HostMapping.allocate(HostMapping.PAGE)) {
            long at = mapping.address();
            RawMemory.putLong(at, 0x0807060504030201L);
            for (int i = 0; i < 8; i++) {
                assertThat(RawMemory.getByte(at + i)).isEqualTo((byte) (i + 1));
            }
            RawMemory.putIntRelease(at, 0x11223344);
            assertThat(RawMemory.getShort(at)).isEqualTo((short) 0x3344);
            assertThat(RawMemory.compareAndSetInt(at, 0x11223344, 9)).isTrue();
            assertThat(RawMemory.compareAndSetLong(at, 9, 8)).isFalse();
        }
    }
}
