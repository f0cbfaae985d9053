package io.paravert.vmm.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.paravert.abi.Gpa;
import io.paravert.device.GuestAddressException;
import io.paravert.memory.HostMapping;
import io.paravert.memory.HostMemoryException;
import java.nio.ReadOnlyBufferException;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuestMemoryTest {
    private static final int MIB = 1 << 20;
    private static final long GIB = 1L << 30;

    private static void refused(ThrowingCallable access) {
        assertThatThrownBy(access).isInstanceOf(GuestAddressException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1048577",
        "1048576, 1",
        "1048575, 2",
        "-1, 1",
        "-1, 2",
        "-8, 16",
        "0, -1",
        "4096, -1",
        "9223372036854775807, 1",
        "9223372036854775807, 9223372036854775807",
        "-9223372036854775808, 1",
        "1048568, 9223372036854775800",
        "4503599627370496, 8"
    })
    void shouldRefuseEveryRangeThatIsNotWhollyMemory(long gpa, long length) {
        try (GuestMemory memory = GuestMemory.allocate(MIB)) {
            assertThat(memory.contains(gpa, length)).isFalse();
            assertThat(memory.isRam(gpa, length)).isFalse();
            refused(() -> memory.hostAddress(gpa, length));
            refused(() -> memory.writableHostAddress(gpa, length));
            refused(() -> memory.view(gpa, length));
            refused(() -> memory.fill(gpa, length, (byte) 0));
        }
    }

    @Test
    void shouldAllowTheLastByteOfEachWidthAndNoneBeyond() {
        try (GuestMemory memory = GuestMemory.allocate(MIB)) {
            memory.putLong(MIB - 8, 0x1122334455667788L);
            assertThat(memory.getByte(MIB - 1)).isEqualTo((byte) 0x11);
            assertThat(memory.getShort(MIB - 2)).isEqualTo((short) 0x1122);
            assertThat(memory.getInt(MIB - 4)).isEqualTo(0x11223344);
            refused(() -> memory.getShort(MIB - 1));
            refused(() -> memory.getInt(MIB - 3));
            refused(() -> memory.getLong(MIB - 7));
            refused(() -> memory.putByte(MIB, (byte) 1));
            refused(() -> memory.putShort(MIB - 1, (short) 1));
            refused(() -> memory.putInt(MIB - 3, 1));
            refused(() -> memory.putLong(MIB - 7, 1));
        }
    }

    @Test
    void shouldBeLittleEndianAndAcceptAnyAlignment() {
        try (GuestMemory memory = GuestMemory.allocate(MIB)) {
            memory.putInt(0x1003, 0x04030201);
            byte[] bytes = new byte[4];
            memory.read(0x1003, bytes, 0, 4);
            assertThat(bytes).containsExactly(1, 2, 3, 4);
            ByteBuf view = memory.view(0x1003, 4);
            assertThat(view.getIntLE(0)).isEqualTo(0x04030201);
            assertThat(view.getInt(0)).isEqualTo(0x01020304);
        }
    }

    @Test
    void shouldAllowAnEmptyRangeAtTheEndOnly() {
        try (GuestMemory memory = GuestMemory.allocate(MIB)) {
            assertThat(memory.contains(MIB, 0)).isTrue();
            assertThat(memory.view(MIB, 0).readableBytes()).isZero();
            refused(() -> memory.view(MIB + 1L, 0));
        }
    }

    @Test
    void shouldRefuseAccessToArraysOutOfBounds() {
        try (GuestMemory memory = GuestMemory.allocate(MIB)) {
            byte[] array = new byte[8];
            assertThatThrownBy(() -> memory.read(0, array, 4, 5)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> memory.write(0, array, -1, 4)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> memory.read(0, array, 0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void shouldRefuseOrderedAccessesThatAreNotAligned() {
        try (GuestMemory memory = GuestMemory.allocate(MIB)) {
            refused(() -> memory.getShortAcquire(0x1001));
            refused(() -> memory.getIntAcquire(0x1002));
            refused(() -> memory.getLongAcquire(0x1004));
            refused(() -> memory.putShortRelease(0x1001, (short) 1));
            refused(() -> memory.putIntRelease(0x1002, 1));
            refused(() -> memory.putLongRelease(0x1004, 1));
            refused(() -> memory.compareAndSetInt(0x1002, 0, 1));
            refused(() -> memory.compareAndSetLong(0x1004, 0, 1));
        }
    }

    @Test
    void shouldReadWhatOrderedAccessesWrote() {
        try (GuestMemory memory = GuestMemory.allocate(MIB)) {
            memory.putShortRelease(0x10, (short) 0xbeef);
            memory.putIntRelease(0x14, 0xdeadbeef);
            memory.putLongRelease(0x18, 0x0123456789abcdefL);
            assertThat(memory.getShortAcquire(0x10)).isEqualTo((short) 0xbeef);
            assertThat(memory.getIntAcquire(0x14)).isEqualTo(0xdeadbeef);
            assertThat(memory.getLongAcquire(0x18)).isEqualTo(0x0123456789abcdefL);
            assertThat(memory.getByte(0x18)).isEqualTo((byte) 0xef);
            assertThat(memory.compareAndSetInt(0x14, 1, 2)).isFalse();
            assertThat(memory.compareAndSetInt(0x14, 0xdeadbeef, 2)).isTrue();
            assertThat(memory.compareAndSetLong(0x18, 0x0123456789abcdefL, 3)).isTrue();
            assertThat(memory.getLong(0x18)).isEqualTo(3);
        }
    }

    @Test
    void shouldLoseNoUpdateByCompareAndSet() throws InterruptedException {
        try (GuestMemory memory = GuestMemory.allocate(MIB)) {
            Thread[] threads = new Thread[3];
            for (int t = 0; t < threads.length; t++) {
                threads[t] = new Thread(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        long old = memory.getLongAcquire(0x40);
                        while (!memory.compareAndSetLong(0x40, old, old + 1)) {
                            old = memory.getLongAcquire(0x40);
                        }
                    }
                });
                threads[t].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(memory.getLong(0x40)).isEqualTo(60_000);
        }
    }

    /** A payload written before a release is seen after the acquire that saw the flag, for many rounds. */
    @Test
    void shouldPublishWhatWasWrittenBeforeARelease() throws InterruptedException {
        int rounds = 50_000;
        try (GuestMemory memory = GuestMemory.allocate(MIB)) {
            Thread producer = new Thread(() -> {
                for (int i = 1; i <= rounds; i++) {
                    memory.putLong(0x100, i * 3L);
                    memory.putIntRelease(0x200, i);
                    while (memory.getIntAcquire(0x300) != i) {
                        Thread.yield();
                    }
                }
            });
            producer.start();
            AtomicInteger wrong = new AtomicInteger();
            for (int i = 1; i <= rounds; i++) {
                while (memory.getIntAcquire(0x200) != i) {
                    Thread.yield();
                }
                if (memory.getLong(0x100) != i * 3L) {
                    wrong.incrementAndGet();
                }
                memory.putIntRelease(0x300, i);
            }
            producer.join();
            assertThat(wrong.get()).isZero();
        }
    }

    @Test
    void shouldShareItsBytesWithAView() {
        try (GuestMemory memory = GuestMemory.allocate(MIB)) {
            ByteBuf view = memory.view(0x2000, 16);
            memory.putByte(0x2005, (byte) 7);
            assertThat(view.getByte(5)).isEqualTo((byte) 7);
            view.setByte(6, 8);
            assertThat(memory.getByte(0x2006)).isEqualTo((byte) 8);
            assertThatThrownBy(() -> view.getByte(16)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(view.isDirect()).isTrue();
        }
    }

    @Test
    void shouldKeepTheGapBelowFourGibFree() {
        long ram = Gpa.RAM_GAP_START + 2L * MIB;
        try (GuestMemory memory = GuestMemory.allocate(ram)) {
            assertThat(memory.ramBytes()).isEqualTo(ram);
            assertThat(memory.regions()).hasSize(2);
            memory.putLong(Gpa.RAM_GAP_START - 8, 1);
            memory.putLong(Gpa.RAM_GAP_END, 2);
            memory.putLong(Gpa.RAM_GAP_END + 2L * MIB - 8, 3);
            assertThat(memory.getLong(Gpa.RAM_GAP_END)).isEqualTo(2);
            refused(() -> memory.getLong(Gpa.RAM_GAP_START - 4));
            refused(() -> memory.getByte(Gpa.RAM_GAP_START));
            refused(() -> memory.getByte(Gpa.RAM_GAP_END - 1));
            refused(() -> memory.view(Gpa.RAM_GAP_START - 4096, Gpa.RAM_GAP_END - Gpa.RAM_GAP_START + 8192));
            refused(() -> memory.getByte(Gpa.RAM_GAP_END + 2L * MIB));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {GIB - 4, 2 * GIB - 4, 2 * GIB})
    void shouldViewWhatLiesAboveAndAcrossTheLimitsOfAJavaBuffer(long gpa) {
        try (GuestMemory memory = GuestMemory.allocate(2 * GIB + MIB)) {
            memory.putLong(gpa, 0x1122334455667788L);
            ByteBuf view = memory.view(gpa, 8);
            assertThat(view.getLongLE(0)).isEqualTo(0x1122334455667788L);
            assertThat(memory.view(MIB, Integer.MAX_VALUE).readableBytes()).isEqualTo(Integer.MAX_VALUE);
            refused(() -> memory.view(0, 1L + Integer.MAX_VALUE));
        }
    }

    @Test
    void shouldShowARegionOfAPeerAndRefuseStoresToOneThatIsReadOnly() {
        try (GuestMemory memory = GuestMemory.allocate(MIB);
                HostMapping peer = HostMapping.allocate(2 * GuestMemory.PAGE)) {
            memory.addRegion(new MemoryRegion(0x4000_0000L, GuestMemory.PAGE, peer.address(), true));
            memory.addRegion(new MemoryRegion(0x4000_1000L, GuestMemory.PAGE, peer.address() + 4096, false));
            memory.putInt(0x4000_0ffcL, 5);
            assertThat(memory.getInt(0x4000_0ffcL)).isEqualTo(5);
            assertThat(memory.getInt(0x4000_1000L)).isZero();
            refused(() -> memory.putInt(0x4000_1000L, 1));
            refused(() -> memory.compareAndSetInt(0x4000_1000L, 0, 1));
            refused(() -> memory.write(0x4000_1000L, new byte[1], 0, 1));
            ByteBuf readOnly = memory.view(0x4000_1000L, 4);
            assertThatThrownBy(() -> readOnly.setByte(0, 1))
                    .isInstanceOfAny(ReadOnlyBufferException.class, IndexOutOfBoundsException.class);
            // Neighbours in the guest, but two regions: nobody promised that they lie together in the host.
            refused(() -> memory.getLong(0x4000_0ffcL));
            assertThat(memory.isRam(0x4000_0000L, 4)).isFalse();
            assertThat(memory.removeRegion(0x4000_0000L)).isTrue();
            assertThat(memory.removeRegion(0x4000_0000L)).isFalse();
            assertThat(memory.removeRegion(0)).isFalse();
            refused(() -> memory.getInt(0x4000_0000L));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 4096",
        "1044480, 8192",
        "4097, 4096",
        "2097152, 100",
        "2097152, 0",
        "-4096, 4096",
        "9223372036854771712, 4096"
    })
    void shouldRefuseRegionsThatOverlapOrAreNotPages(long gpa, long bytes) {
        try (GuestMemory memory = GuestMemory.allocate(MIB)) {
            assertThatThrownBy(() -> memory.addRegion(new MemoryRegion(gpa, bytes, 0, true)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(memory.regions()).hasSize(1);
        }
    }

    @Test
    void shouldRefuseEverythingOnceClosed() {
        GuestMemory memory = GuestMemory.allocate(MIB);
        memory.close();
        memory.close();
        refused(() -> memory.getByte(0));
        refused(() -> memory.view(0, 1));
        assertThat(memory.contains(0, 1)).isFalse();
        assertThat(memory.retain()).isFalse();
    }

    @Test
    void shouldKeepAddressesValidForWhoeverStillHoldsIt() {
        GuestMemory memory = GuestMemory.allocate(MIB);
        memory.putLong(0x1000, 42);
        ByteBuf kept = memory.view(0x1000, 8);
        assertThat(memory.retain()).isTrue();
        memory.close();
        // The pages went back to the host: what a device wrote late is lost, and kills nobody.
        assertThat(kept.getLongLE(0)).isZero();
        kept.setLongLE(0, 1);
        memory.release();
        assertThat(memory.retain()).isFalse();
    }

    @Test
    void shouldKeepContentsForAPeer() {
        GuestMemory memory = GuestMemory.allocate(MIB);
        memory.putLong(0x1000, 42);
        ByteBuf shared = memory.view(0x1000, 8);
        assertThat(memory.retainForPeer()).isTrue();
        memory.close();
        assertThat(shared.getLongLE(0)).isEqualTo(42);
        memory.releaseForPeer();
    }

    @Test
    void shouldGiveAForeignRegionBackWhenNobodyHoldsACount() {
        try (HostMapping other = HostMapping.allocate(8192)) {
            AtomicInteger released = new AtomicInteger();
            GuestMemory memory = GuestMemory.allocate(MIB);
            memory.addRegion(new MemoryRegion(4 * MIB, 8192, other.address(), true), released::incrementAndGet);
            assertThatThrownBy(() -> memory.addRegion(
                            new MemoryRegion(4 * MIB, 4096, other.address(), true), () -> released.addAndGet(100)))
                    .isInstanceOf(IllegalArgumentException.class);
            memory.putLong(4 * MIB, 42);
            assertThat(memory.retain()).isTrue();
            memory.close();
            assertThat(released).as("a device may still be at it").hasValue(0);
            memory.release();
            assertThat(released).hasValue(1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -4096, 4095, 4097, Long.MIN_VALUE})
    void shouldRefuseSizesThatAreNotPages(long bytes) {
        assertThatThrownBy(() -> GuestMemory.allocate(bytes))
                .isInstanceOf(HostMemoryException.class)
                .hasMessageContaining("multiple of 4096");
    }

    @Test
    void shouldSayThatTheHostHasNotThatMuch() {
        assertThatThrownBy(() -> GuestMemory.allocate(1L << 60))
                .isInstanceOf(HostMemoryException.class)
                .hasMessageContaining("give the guest less memory");
    }

    /** The checks against a model that counts in arbitrary precision. */
    @Test
    void shouldAgreeWithAModelAboutRandomRanges() {
        long seed = 20261125;
        SplittableRandom random = new SplittableRandom(seed);
        long ram = Gpa.RAM_GAP_START + MIB;
        long[] edges = {
            0, MIB, Gpa.RAM_GAP_START, Gpa.RAM_GAP_END, Gpa.RAM_GAP_END + MIB, Long.MAX_VALUE, Long.MIN_VALUE, -1
        };
        try (GuestMemory memory = GuestMemory.allocate(ram)) {
            for (int i = 0; i < 50_000; i++) {
                long gpa = edges[random.nextInt(edges.length)] + random.nextInt(-9, 10);
                long length = random.nextInt(4) == 0
                        ? edges[random.nextInt(edges.length)] + random.nextInt(-9, 10)
                        : random.nextInt(20);
                assertThat(memory.contains(gpa, length))
                        .as("seed %d: gpa %x length %x", seed, gpa, length)
                        .isEqualTo(isInModel(gpa, length));
            }
        }
    }

    private static boolean isInModel(long gpa, long length) {
        if (length < 0 || gpa < 0) {
            return false;
        }
        return within(gpa, length, 0, Gpa.RAM_GAP_START)
                || within(gpa, length, Gpa.RAM_GAP_END, Gpa.RAM_GAP_END + (long) MIB);
    }

    private static boolean within(long gpa, long length, long start, long end) {
        return gpa >= start
                && java.math.BigInteger.valueOf(gpa)
                                .add(java.math.BigInteger.valueOf(length))
                                .compareTo(java.math.BigInteger.valueOf(end))
                        <= 0
                && gpa <= end;
    }
}
