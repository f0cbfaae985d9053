package io.paravert.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class LayoutAccessorsTest {
    private final ByteBuffer memory = ByteBuffer.allocate(4096).order(ByteOrder.BIG_ENDIAN);

    @Test
    void shouldWriteLittleEndianInABufferOfAnyOrder() {
        BootInfoLayout.magic(memory, 8, BootMagic.MAGIC);
        byte[] bytes = new byte[8];
        memory.get(8 + BootInfoLayout.MAGIC_OFFSET, bytes);
        assertThat(bytes).asString().isEqualTo("ParaBoot");
    }

    @Test
    void shouldReadBackEveryWidthUnsignedBelow32Bits() {
        DeviceLayout.address(memory, 64, 5, 0xfe);
        DeviceLayout.port(memory, 64, 0xffe4);
        DeviceLayout.gsi(memory, 64, DeviceGsi.NONE);
        DeviceLayout.parameter(memory, 64, Long.MIN_VALUE + 1);
        assertThat(DeviceLayout.address(memory, 64, 5)).isEqualTo(0xfe);
        assertThat(DeviceLayout.port(memory, 64)).isEqualTo(0xffe4);
        assertThat(DeviceLayout.ports(memory, 64)).isZero();
        assertThat(DeviceLayout.gsi(memory, 64)).isEqualTo(-1);
        assertThat(DeviceLayout.parameter(memory, 64)).isEqualTo(Long.MIN_VALUE + 1);
    }

    @Test
    void shouldKeepTheArgumentsOfASlotApart() {
        for (int i = 0; i < CallSlotLayout.ARGUMENTS_COUNT; i++) {
            CallSlotLayout.arguments(memory, 128, i, 10L + i);
        }
        assertThat(memory.order(ByteOrder.LITTLE_ENDIAN).getLong(128 + 8)).isEqualTo(10);
        assertThat(memory.getLong(128 + 48)).isEqualTo(15);
        assertThat(CallSlotLayout.arguments(memory, 128, 5)).isEqualTo(15);
    }

    @Test
    void shouldRefuseAnElementThatTheFieldDoesNotHave() {
        assertThatThrownBy(() -> CallSlotLayout.arguments(memory, 0, 6)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> BootInfoLayout.version(memory, 4096)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldGiveEachSideOfARingItsOwnCacheLine() {
        int[] written = {
            RingHeaderLayout.SUBMISSION_TAIL_OFFSET,
            RingHeaderLayout.SUBMISSION_HEAD_OFFSET,
            RingHeaderLayout.SUBMISSION_FLAGS_OFFSET,
            RingHeaderLayout.COMPLETION_TAIL_OFFSET,
            RingHeaderLayout.COMPLETION_HEAD_OFFSET,
            RingHeaderLayout.COMPLETION_FLAGS_OFFSET,
            RingHeaderLayout.STATUS_OFFSET
        };
        assertThat(written).containsExactly(64, 128, 192, 256, 320, 384, 448);
    }

    @Test
    void shouldFillTheEventAreaWithOneLineForEachVcpu() {
        assertThat(EventAreaLayout.VCPUS_STRIDE).isEqualTo(EventVcpuLayout.SIZE);
        assertThat(EventAreaLayout.VCPUS_COUNT).isEqualTo(Limit.VCPUS);
        assertThat(EventAreaLayout.PENDING_COUNT * Long.SIZE).isEqualTo(Limit.EVENT_CHANNELS);
    }

    @Test
    void shouldNameNumbersAndFallBackToHexadecimal() {
        assertThat(Hypercall.nameOf(Hypercall.CONSOLE_WRITE)).isEqualTo("CONSOLE_WRITE");
        assertThat(Hypercall.nameOf(0x9001)).isEqualTo("0x9001");
        assertThat(PvError.nameOf(38)).isEqualTo("ENOSYS");
        assertThat(Feature.nameOf(Feature.RING)).isEqualTo("RING");
    }
}
