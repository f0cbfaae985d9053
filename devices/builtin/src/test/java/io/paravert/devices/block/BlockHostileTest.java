package io.paravert.devices.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.abi.PvError;
import io.paravert.devices.VirtioBench;
import io.paravert.testkit.DriverBuffer;
import io.paravert.testkit.DriverBuffer.Element;
import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.Feature;
import io.paravert.testkit.MmioDriver;
import io.paravert.testkit.RingFormat;
import io.paravert.testkit.TestMachine;
import io.paravert.testkit.TestMemory;
import io.paravert.testkit.Used;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Block drivers that break the rules of virtio 1.2, 5.2.6: the request fails, or the device asks for a reset; no byte is lost. */
class BlockHostileTest {
    private static final int SECTORS = 64;
    private static final int IN = 0;
    private static final int OUT = 1;
    private static final int FLUSH = 4;
    private static final int GET_ID = 8;
    private static final int DISCARD = 11;
    private static final int WRITE_ZEROES = 13;

    private static final int OK = 0;
    private static final int IOERR = 1;
    private static final int UNSUPP = 2;
    private static final int UNTOUCHED = 0x77;
    /** 2.2: bits of the device's type. */
    private static final long DEVICE_FEATURES = 0xff_ffffL;

    private final HeldStore store = new HeldStore((long) SECTORS * 512);
    private final VirtioBench bench = new VirtioBench(new VirtioBlock(store, "disk"));
    private final MmioDriver driver = bench.driver;
    private final TestMemory memory = bench.memory();

    @AfterEach
    void close() {
        finishAll();
        bench.close();
        assertThat(bench.machine.uncaught()).isEmpty();
    }

    private DriverQueue live(RingFormat format) {
        long ring = format == RingFormat.PACKED ? Feature.RING_PACKED : 0;
        return bench.live(DEVICE_FEATURES | Feature.INDIRECT_DESC | ring, 1)[0];
    }

    private void finishAll() {
        bench.machine.runOnDevice(() -> {
            while (store.waiting() > 0) {
                store.finish();
            }
        });
    }

    private Element header(int type, long sector) {
        long gpa = memory.allocate(16, 8);
        memory.putInt(gpa, type);
        memory.putLong(gpa + 8, sector);
        return DriverBuffer.readable(gpa, 16);
    }

    /** Writable room in which every byte says that nobody wrote it. */
    private Element room(int bytes) {
        long gpa = memory.allocate(bytes, 8);
        for (int i = 0; i < bytes; i++) {
            memory.putByte(gpa + i, (byte) UNTOUCHED);
        }
        return DriverBuffer.writable(gpa, bytes);
    }

    private Element content(int bytes, int value) {
        byte[] all = new byte[bytes];
        java.util.Arrays.fill(all, (byte) value);
        return DriverBuffer.readable(bench.bytes(all), bytes);
    }

    private Element range(long sector, int sectors, int flags) {
        long gpa = memory.allocate(16, 8);
        memory.putLong(gpa, sector);
        memory.putInt(gpa + 8, sectors);
        memory.putInt(gpa + 12, flags);
        return DriverBuffer.readable(gpa, 16);
    }

    private int ask(DriverQueue queue, Element... elements) {
        return ask(queue, false, elements);
    }

    /** The status byte of a request: the last byte of what the device writes. */
    private int ask(DriverQueue queue, boolean indirect, Element... elements) {
        Element last = elements[elements.length - 1];
        queue.offer(new DriverBuffer(List.of(elements), indirect));
        queue.kick();
        bench.machine.settle();
        finishAll();
        queue.await();
        return memory.getByte(last.gpa() + last.length() - 1);
    }

    private void shouldServeAsIfNothingHadHappened(DriverQueue queue) {
        assertThat(ask(queue, header(OUT, 3), content(512, 'x'), room(1))).isEqualTo(OK);
        Element back = room(512);
        assertThat(ask(queue, header(IN, 3), back, room(1))).isEqualTo(OK);
        assertThat(memory.copy(back.gpa(), 512)).containsOnly('x');
        assertThat(driver.needsReset()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void shouldAskForAResetWhenARequestHasNoStatusByte(RingFormat format) {
        for (int type : new int[] {IN, OUT, FLUSH, GET_ID, DISCARD, WRITE_ZEROES, 99}) {
            DriverQueue queue = live(format);
            queue.offer(DriverBuffer.of(header(type, 0), content(512, 'n')));
            queue.kick();
            bench.machine.settle();
            assertThat(driver.needsReset()).as("type %d", type).isTrue();
            assertThat(driver.takeInterrupts()).isEqualTo(MmioDriver.CONFIG_CHANGE);
            assertThat(queue.poll()).isEmpty();
            assertThat(store.waiting()).as("nothing was begun").isZero();
        }
        shouldServeAsIfNothingHadHappened(live(format));
    }

    @ParameterizedTest
    @EnumSource
    void shouldFailARequestWithoutAWholeHeader(RingFormat format) {
        DriverQueue queue = live(format);
        assertThat(ask(queue, content(15, 0), room(1))).isEqualTo(IOERR);
        assertThat(ask(queue, room(1))).isEqualTo(IOERR);
        assertThat(ask(queue, room(513))).isEqualTo(IOERR);
        shouldServeAsIfNothingHadHappened(queue);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFailARequestThatIsNotAMultipleOf512(RingFormat format) {
        DriverQueue queue = live(format);
        for (int bytes : new int[] {1, 511, 513, 1023}) {
            Element back = room(bytes);
            assertThat(ask(queue, header(IN, 0), back, room(1)))
                    .as("read %d", bytes)
                    .isEqualTo(IOERR);
            assertThat(memory.copy(back.gpa(), bytes)).containsOnly(UNTOUCHED);
            assertThat(ask(queue, header(OUT, 0), content(bytes, 'z'), room(1)))
                    .as("write %d", bytes)
                    .isEqualTo(IOERR);
        }
        Element first = room(512);
        assertThat(ask(queue, header(IN, 0), first, room(1))).isEqualTo(OK);
        assertThat(memory.copy(first.gpa(), 512)).containsOnly(0);
        shouldServeAsIfNothingHadHappened(queue);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFailARequestBeyondTheCapacity(RingFormat format) {
        DriverQueue queue = live(format);
        // The last ones overflow when they are multiplied by 512, or when the length is added.
        long[] sectors = {SECTORS - 1, SECTORS, 1L << 32, 1L << 55, (1L << 55) - 1, Long.MAX_VALUE, Long.MIN_VALUE, -1};
        for (long sector : sectors) {
            Element back = room(1024);
            assertThat(ask(queue, header(IN, sector), back, room(1)))
                    .as("read at %d", sector)
                    .isEqualTo(IOERR);
            assertThat(memory.copy(back.gpa(), 1024)).containsOnly(UNTOUCHED);
            assertThat(ask(queue, header(OUT, sector), content(1024, 'z'), room(1)))
                    .as("write at %d", sector)
                    .isEqualTo(IOERR);
            for (int type : new int[] {DISCARD, WRITE_ZEROES}) {
                assertThat(ask(queue, header(type, 0), range(sector, 2, 0), room(1)))
                        .as("type %d at %d", type, sector)
                        .isEqualTo(IOERR);
            }
        }
        assertThat(ask(queue, header(WRITE_ZEROES, 0), range(0, -1, 0), room(1)))
                .isEqualTo(IOERR);
        Element last = room(512);
        assertThat(ask(queue, header(IN, SECTORS - 1), last, room(1))).isEqualTo(OK);
        assertThat(memory.copy(last.gpa(), 512)).containsOnly(0);
        shouldServeAsIfNothingHadHappened(queue);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFailDataInTheWrongDirection(RingFormat format) {
        DriverQueue queue = live(format);
        Element back = room(512);
        assertThat(ask(queue, header(OUT, 0), back, room(1))).isEqualTo(IOERR);
        assertThat(memory.copy(back.gpa(), 512)).containsOnly(UNTOUCHED);
        assertThat(ask(queue, header(IN, 0), content(512, 'z'), room(1))).isEqualTo(IOERR);
        shouldServeAsIfNothingHadHappened(queue);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotSupportWhatItDoesNotKnow(RingFormat format) {
        DriverQueue queue = live(format);
        for (int type : new int[] {2, 3, 5, 14, 99, -1, Integer.MIN_VALUE}) {
            assertThat(ask(queue, header(type, 0), room(1))).as("type %d", type).isEqualTo(UNSUPP);
        }
        assertThat(ask(queue, header(DISCARD, 0), range(0, 1, 1), room(1)))
                .as("unmap")
                .isEqualTo(UNSUPP);
        assertThat(ask(queue, header(WRITE_ZEROES, 0), range(0, 1, 2), room(1))).isEqualTo(UNSUPP);
        assertThat(ask(queue, header(DISCARD, 0), range(0, 1, 0), range(1, 1, 0), room(1)))
                .as("more ranges than one")
                .isEqualTo(UNSUPP);
        assertThat(ask(queue, header(DISCARD, 0), content(8, 0), room(1)))
                .as("half a range")
                .isEqualTo(IOERR);
        shouldServeAsIfNothingHadHappened(queue);
    }

    /** 2.7.8.2: a driver may believe that so many bytes from the start on were written. */
    @ParameterizedTest
    @EnumSource
    void shouldNotClaimToHaveWrittenWhatItDidNot(RingFormat format) {
        DriverQueue queue = live(format);
        queue.offer(DriverBuffer.of(header(IN, SECTORS), room(513)));
        queue.kick();
        assertThat(queue.await().length()).isZero();
        queue.offer(DriverBuffer.of(header(GET_ID, 0), room(64)));
        queue.kick();
        assertThat(queue.await().length()).isEqualTo(20);
        queue.offer(DriverBuffer.of(header(OUT, SECTORS), content(512, 0), room(1)));
        queue.kick();
        assertThat(queue.await().length()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeHeaderAndStatusInAnyPieces(RingFormat format) {
        DriverQueue queue = live(format);
        Element header = header(OUT, 5);
        List<Element> pieces = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            pieces.add(DriverBuffer.readable(header.gpa() + 4 * i, 4));
        }
        pieces.add(content(300, 'p'));
        pieces.add(content(212, 'p'));
        pieces.add(room(1));
        assertThat(ask(queue, true, pieces.toArray(Element[]::new))).isEqualTo(OK);
        Element back = room(513);
        assertThat(ask(queue, header(IN, 5), back)).isEqualTo(OK);
        assertThat(memory.copy(back.gpa(), 512)).containsOnly('p');
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadEachFieldOfAHeaderOnce(RingFormat format) {
        DriverQueue queue = live(format);
        Element header = header(WRITE_ZEROES, 0);
        Element range = range(1, 1, 0);
        List<Long> reads = new ArrayList<>();
        memory.watchReads(gpa -> {
            if (gpa >= header.gpa() && gpa < range.gpa() + 16) {
                reads.add(gpa);
            }
        });
        assertThat(ask(queue, header, range, room(1))).isEqualTo(OK);
        memory.watchReads(gpa -> {});
        assertThat(reads).isNotEmpty().doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void shouldServeARequestAsItWasWhenItsHeaderIsChangedAfterItWasRead(RingFormat format) {
        DriverQueue queue = live(format);
        Element header = header(OUT, 7);
        Element status = room(1);
        queue.offer(DriverBuffer.of(header, content(512, 'o'), status));
        queue.kick();
        bench.machine.await("the store to have it", () -> store.waiting() == 1);
        memory.putInt(header.gpa(), IN);
        memory.putLong(header.gpa() + 8, -1);
        finishAll();
        queue.await();
        assertThat(memory.getByte(status.gpa())).isEqualTo((byte) OK);
        Element back = room(512);
        assertThat(ask(queue, header(IN, 7), back, room(1))).isEqualTo(OK);
        assertThat(memory.copy(back.gpa(), 512)).containsOnly('o');
    }

    @ParameterizedTest
    @EnumSource
    void shouldDoNothingForANotificationBeforeDriverOk(RingFormat format) {
        driver.negotiate(format == RingFormat.PACKED ? Feature.RING_PACKED : 0);
        DriverQueue queue = driver.setUp(0, 16);
        Element status = room(1);
        queue.offer(DriverBuffer.of(header(OUT, 1), content(512, 'e'), status));
        queue.kick();
        bench.machine.settle();
        assertThat(store.waiting()).isZero();
        assertThat(queue.poll()).isEmpty();
        assertThat(driver.needsReset()).isFalse();
        assertThat(driver.read(MmioDriver.INTERRUPT_STATUS)).isZero();

        driver.go();
        bench.machine.await("the request that waited", () -> store.waiting() == 1);
        finishAll();
        assertThat(queue.await().length()).isEqualTo(1);
        assertThat(memory.getByte(status.gpa())).isEqualTo((byte) OK);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotTouchMemoryAfterAResetInTheMiddleOfIo(RingFormat format) {
        DriverQueue queue = live(format);
        Element back = room(512);
        Element status = room(1);
        queue.offer(DriverBuffer.of(header(IN, 0), back, status));
        queue.offer(DriverBuffer.of(header(OUT, 2), content(512, 'r'), room(1)));
        queue.kick();
        bench.machine.await("both to be under way", () -> store.waiting() == 2);

        CompletableFuture<Long> reset = driver.startReset();
        bench.machine.settle();
        assertThat(driver.status())
                .as("not over while the store has the driver's memory")
                .isNotZero();
        finishAll();
        TestMachine.wait(reset);
        assertThat(driver.status()).isZero();
        assertThat(driver.read(MmioDriver.INTERRUPT_STATUS)).isZero();
        assertThat(bench.machine.isPinAsserted()).isFalse();

        // From here on the memory is the driver's again.
        List<Long> written = new ArrayList<>();
        memory.watchWrites(written::add);
        bench.machine.settle();
        memory.watchWrites(gpa -> {});
        assertThat(written).isEmpty();
        assertThat(queue.poll()).as("nothing is used behind a reset").isEmpty();
        shouldServeAsIfNothingHadHappened(live(format));
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndAResetWhenWhatIsUnderWayFails(RingFormat format) {
        DriverQueue queue = live(format);
        queue.offer(DriverBuffer.of(header(IN, 0), room(513)));
        queue.kick();
        bench.machine.await("it to be under way", () -> store.waiting() == 1);
        CompletableFuture<Long> reset = driver.startReset();
        bench.machine.settle();
        bench.machine.runOnDevice(() -> store.fail(PvError.EIO));
        TestMachine.wait(reset);
        shouldServeAsIfNothingHadHappened(live(format));
    }

    @ParameterizedTest
    @EnumSource
    void shouldFailTheRequestWhoseBackEndFailsAndNoOther(RingFormat format) {
        DriverQueue queue = live(format);
        Element failing = room(513);
        Element served = room(513);
        int first = queue.offer(DriverBuffer.of(header(IN, 0), failing));
        int second = queue.offer(DriverBuffer.of(header(IN, 0), served));
        queue.kick();
        bench.machine.await("both to be under way", () -> store.waiting() == 2);
        bench.machine.runOnDevice(() -> {
            store.fail(PvError.EIO);
            store.finish();
        });
        List<Used> used = List.of(queue.await(), queue.await());
        assertThat(used).extracting(Used::ticket).containsExactly(first, second);
        assertThat(memory.getByte(failing.gpa() + 512)).isEqualTo((byte) IOERR);
        assertThat(memory.getByte(served.gpa() + 512)).isEqualTo((byte) OK);
        assertThat(driver.needsReset()).isFalse();
    }
}
