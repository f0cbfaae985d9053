package io.paravert.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.device.GuestAddressException;
import io.paravert.device.GuestBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GuestBufferTest {
    private final TestMemory memory = new TestMemory(1 << 16);

    /** Ranges that lie apart, in any order, behind one buffer; and the same bytes in one array. */
    @Test
    void shouldBehaveAsOneRunOfBytes() {
        long seed = System.nanoTime();
        System.out.println("GuestBufferTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            memory.freeAll();
            GuestBuffer buffer = new GuestBuffer(memory, true);
            int length = 0;
            for (int n = random.nextInt(1, 9); n > 0; n--) {
                int part = random.nextInt(1, 20);
                buffer.add(memory.allocate(part + random.nextInt(9), 1), part);
                length += part;
            }
            ByteBuffer model = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            for (int step = 0; step < 60; step++) {
                change(random, buffer, model, length);
            }
            byte[] all = new byte[length];
            buffer.read(0, all, 0, length);
            assertThat(all).as("seed %d", seed).isEqualTo(model.array());
            int from = random.nextInt(length);
            ByteBuffer gathered = ByteBuffer.allocate(length - from);
            for (ByteBuffer view : buffer.views(from, length - from)) {
                gathered.put(view);
            }
            assertThat(gathered.array()).as("seed %d", seed).isEqualTo(Arrays.copyOfRange(model.array(), from, length));
        }
    }

    private static void change(SplittableRandom random, GuestBuffer buffer, ByteBuffer model, int length) {
        int at = random.nextInt(length);
        int room = length - at;
        long value = random.nextLong();
        switch (random.nextInt(6)) {
            case 0 -> {
                buffer.putByte(at, (int) value);
                model.put(at, (byte) value);
            }
            case 1 -> {
                if (room >= 2) {
                    buffer.putShort(at, (int) value);
                    model.putShort(at, (short) value);
                    assertThat(buffer.getShort(at)).isEqualTo((short) value);
                }
            }
            case 2 -> {
                if (room >= 4) {
                    buffer.putInt(at, (int) value);
                    model.putInt(at, (int) value);
                    assertThat(buffer.getInt(at)).isEqualTo((int) value);
                }
            }
            case 3 -> {
                if (room >= 8) {
                    buffer.putLong(at, value);
                    model.putLong(at, value);
                    assertThat(buffer.getLong(at)).isEqualTo(value);
                }
            }
            case 4 -> {
                byte[] bytes = new byte[random.nextInt(room + 1)];
                random.nextBytes(bytes);
                buffer.write(at, bytes, 0, bytes.length);
                model.put(at, bytes);
            }
            default -> {
                int bytes = random.nextInt(room + 1);
                buffer.fillZero(at, bytes);
                model.put(at, new byte[bytes]);
            }
        }
    }

    @Test
    void shouldFillMoreThanItHasZerosAtHand() {
        GuestBuffer buffer = new GuestBuffer(memory, true);
        buffer.add(memory.allocate(10_000, 1), 10_000);
        byte[] ones = new byte[10_000];
        Arrays.fill(ones, (byte) 1);
        buffer.write(0, ones, 0, ones.length);
        buffer.fillZero(1, 9_998);
        byte[] all = new byte[10_000];
        buffer.read(0, all, 0, all.length);
        assertThat(all[0]).isEqualTo((byte) 1);
        assertThat(all[9_999]).isEqualTo((byte) 1);
        assertThat(Arrays.copyOfRange(all, 1, 9_999)).containsOnly(0);
    }

    @Test
    void shouldRefuseWhatIsNotGuestMemory() {
        GuestBuffer buffer = new GuestBuffer(memory, false);
        assertThatThrownBy(() -> buffer.add(memory.size() - 4, 5)).isInstanceOf(GuestAddressException.class);
        assertThatThrownBy(() -> buffer.add(-8, 16)).isInstanceOf(GuestAddressException.class);
        assertThatThrownBy(() -> buffer.add(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(buffer.length()).isZero();
        assertThat(buffer.ranges()).isZero();
    }

    @Test
    void shouldRefuseOffsetsOutsideAndWritesToWhatIsReadable() {
        GuestBuffer readable = new GuestBuffer(memory, false);
        readable.add(memory.allocate(8, 1), 8);
        assertThatThrownBy(() -> readable.getLong(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> readable.getByte(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> readable.read(4, new byte[8], 0, 5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> readable.putByte(0, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> readable.fillZero(0, 1)).isInstanceOf(IllegalStateException.class);
        readable.clear();
        assertThatThrownBy(() -> readable.getByte(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(readable.views(0, 0)).isEmpty();
    }
}
