package io.paravert.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.testkit.DriverBuffer;
import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.Feature;
import io.paravert.testkit.HostileChain;
import io.paravert.testkit.HostileSetup;
import io.paravert.testkit.MmioDriver;
import io.paravert.testkit.RawDescriptor;
import io.paravert.testkit.RingFormat;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A driver that breaks the rules hurts its own device, and that only until it resets it. */
class HostileDriverTest {
    private final EchoDevice.Held held = new EchoDevice.Held();
    private volatile boolean holding;
    private final Bench bench = new Bench(new EchoDevice(this::serve));
    private final MmioDriver driver = bench.driver;

    private Future<Void> serve(Request request) {
        if (holding) {
            return held.handle(request);
        }
        EchoDevice.echo(request);
        return Future.succeededFuture();
    }

    @AfterEach
    void close() {
        while (held.count() > 0) {
            held.finish(0);
        }
        bench.close();
    }

    static Stream<Arguments> setups() {
        return Arrays.stream(RingFormat.values())
                .flatMap(format -> Arrays.stream(HostileSetup.values())
                        .filter(setup -> setup.appliesTo(format))
                        .map(setup -> Arguments.of(format, setup)));
    }

    static Stream<Arguments> chains() {
        return Arrays.stream(RingFormat.values())
                .flatMap(format -> Arrays.stream(HostileChain.values())
                        .filter(chain -> chain.appliesTo(format))
                        .map(chain -> Arguments.of(format, chain)));
    }

    @ParameterizedTest(name = "{1} [{0}]")
    @MethodSource("setups")
    void shouldNotTakeOverAQueue(RingFormat format, HostileSetup setup) {
        driver.negotiate(Bench.features(format));
        setup.provoke(driver, driver.place(0, 8));

        assertThat(driver.isReady(0)).isFalse();
        assertThat(driver.needsReset()).isTrue();
        assertThat(driver.read(MmioDriver.INTERRUPT_STATUS))
                .as("no notification before DRIVER_OK")
                .isZero();
        shouldWorkAfterAReset(format);
    }

    @ParameterizedTest(name = "{1} [{0}]")
    @MethodSource("chains")
    void shouldRefuseAChain(RingFormat format, HostileChain chain) {
        DriverQueue queue = bench.live(Bench.features(format), 256);
        assertThat(chain.appliesTo(queue)).isTrue();
        holding = chain.needsAnIdleDevice();
        long canary = bench.bytes("canary".getBytes());

        chain.provoke(queue);
        List<Long> written = new ArrayList<>();
        bench.machine.memory().watchWrites(gpa -> {
            if (gpa < queue.deviceArea() || gpa >= queue.deviceArea() + 8) {
                written.add(gpa);
            }
        });
        queue.kick();
        bench.machine.settle();

        assertThat(driver.needsReset()).isTrue();
        assertThat(driver.takeInterrupts()).isEqualTo(MmioDriver.CONFIG_CHANGE);
        assertThat(bench.machine.isPinAsserted()).as("acknowledged").isFalse();
        assertThat(bench.device.lastError()).isPresent();
        assertThat(written).isEmpty();
        assertThat(bench.machine.memory().copy(canary, 6)).isEqualTo("canary".getBytes());
        assertThat(bench.machine.uncaught()).isEmpty();
        holding = false;
        while (held.count() > 0) {
            held.finish(0);
        }
        shouldWorkAfterAReset(format);
    }

    private void shouldWorkAfterAReset(RingFormat format) {
        bench.machine.memory().watchWrites(gpa -> {});
        driver.reset();
        DriverQueue queue = bench.live(Bench.features(format), 16);
        assertThat(bench.echo(queue, "as if nothing had happened")).isEqualTo("as if nothing had happened");
        assertThat(bench.machine.uncaught()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseIndirectDescriptorsThatWereNotNegotiated(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format) & ~Feature.INDIRECT_DESC, 16);
        queue.offer(DriverBuffer.of(DriverBuffer.writable(bench.bytes(new byte[8]), 8))
                .asIndirect());
        queue.kick();
        bench.machine.settle();
        assertThat(driver.needsReset()).isTrue();
        assertThat(bench.device.lastError().orElseThrow()).contains("INDIRECT_DESC");
    }

    @ParameterizedTest
    @EnumSource
    void shouldIgnoreTheWriteFlagOfADescriptorThatRefersToATable(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format), 16);
        long table = bench.machine.memory().allocate(32, 16);
        long answer = bench.machine.memory().allocate(4, 1);
        queue.writeTable(
                table,
                List.of(
                        new RawDescriptor(bench.bytes("echo".getBytes()), 4, RawDescriptor.NEXT),
                        new RawDescriptor(answer, 4, RawDescriptor.WRITE)));
        queue.offerRaw(List.of(new RawDescriptor(table, 32, RawDescriptor.INDIRECT | RawDescriptor.WRITE)));
        queue.kick();
        assertThat(queue.await().length()).isEqualTo(4);
        assertThat(bench.machine.memory().copy(answer, 4)).isEqualTo("echo".getBytes());
    }

    /** 2.8.7: of the flags in a packed queue's table only WRITE counts; INDIRECT there is not followed, it is nothing. */
    @Test
    void shouldNotFollowANestedTableInAPackedQueue() {
        DriverQueue queue = bench.live(Bench.features(RingFormat.PACKED), 16);
        long answer = bench.machine.memory().allocate(16, 16);
        long inner = bench.bytes("sixteen bytes at".getBytes());
        long table = bench.machine.memory().allocate(32, 16);
        queue.writeTable(
                table,
                List.of(
                        new RawDescriptor(inner, 16, RawDescriptor.INDIRECT),
                        new RawDescriptor(answer, 16, RawDescriptor.WRITE)));
        queue.offerRaw(List.of(new RawDescriptor(table, 32, RawDescriptor.INDIRECT)));
        queue.kick();
        assertThat(queue.await().length()).isEqualTo(16);
        assertThat(bench.machine.memory().copy(answer, 16)).isEqualTo("sixteen bytes at".getBytes());
    }

    /** 2.7.5.3.2: ordinary descriptors, then one that refers to a table, is unusual and legal in a split queue. */
    @Test
    void shouldFollowATableBehindOrdinaryDescriptorsInASplitQueue() {
        DriverQueue queue = bench.live(Bench.features(RingFormat.SPLIT), 16);
        long answer = bench.machine.memory().allocate(8, 1);
        long table = bench.machine.memory().allocate(32, 16);
        queue.writeTable(
                table,
                List.of(
                        new RawDescriptor(bench.bytes("more".getBytes()), 4, RawDescriptor.NEXT),
                        new RawDescriptor(answer, 8, RawDescriptor.WRITE)));
        queue.offerRaw(List.of(
                new RawDescriptor(bench.bytes("some".getBytes()), 4, RawDescriptor.NEXT),
                new RawDescriptor(table, 32, RawDescriptor.INDIRECT)));
        queue.kick();
        assertThat(queue.await().length()).isEqualTo(8);
        assertThat(bench.machine.memory().copy(answer, 8)).isEqualTo("somemore".getBytes());
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeAChainAsLongAsTheQueue(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format), 8);
        long answer = bench.machine.memory().allocate(7, 1);
        List<DriverBuffer.Element> elements = new ArrayList<>();
        for (String part : "a b c d e f g".split(" ")) {
            elements.add(DriverBuffer.readable(bench.bytes(part.getBytes()), 1));
        }
        elements.add(DriverBuffer.writable(answer, 7));
        for (int round = 0; round < 5; round++) {
            assertThat(queue.exchange(new DriverBuffer(elements, round % 2 == 1))
                            .length())
                    .isEqualTo(7);
        }
        assertThat(bench.machine.memory().copy(answer, 7)).isEqualTo("abcdefg".getBytes());
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadEachDescriptorOnce(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format), 16);
        long table = bench.machine.memory().allocate(48, 16);
        long answer = bench.machine.memory().allocate(8, 8);
        long text = bench.bytes("12345678".getBytes());
        queue.writeTable(
                table,
                List.of(
                        new RawDescriptor(text, 4, RawDescriptor.NEXT),
                        new RawDescriptor(text + 4, 4, RawDescriptor.NEXT),
                        new RawDescriptor(answer, 8, RawDescriptor.WRITE)));
        queue.offer(DriverBuffer.of(
                DriverBuffer.readable(text, 4), DriverBuffer.readable(text + 4, 4), DriverBuffer.writable(answer, 8)));
        queue.offerRaw(List.of(new RawDescriptor(table, 48, RawDescriptor.INDIRECT)));
        List<Long> reads = new ArrayList<>();
        bench.machine.memory().watchReads(gpa -> {
            boolean inRing = gpa >= queue.descriptorArea() && gpa < queue.descriptorArea() + 4 * 16;
            if (inRing || gpa >= table && gpa < table + 48) {
                reads.add(gpa);
            }
        });
        queue.kick();
        bench.machine.settle();
        bench.machine.memory().watchReads(gpa -> {});
        assertThat(reads).doesNotHaveDuplicates().hasSize(2 * 7);
        assertThat(queue.await().length()).isEqualTo(8);
        assertThat(queue.await().length()).isEqualTo(8);
    }

    @ParameterizedTest
    @EnumSource
    void shouldServeABufferAsItWasWhenADescriptorIsChangedAfterItWasRead(RingFormat format) {
        holding = true;
        DriverQueue queue = bench.live(Bench.features(format), 16);
        long answer = bench.machine.memory().allocate(8, 8);
        queue.offer(DriverBuffer.of(
                DriverBuffer.readable(bench.bytes("original".getBytes()), 8), DriverBuffer.writable(answer, 8)));
        queue.kick();
        bench.machine.await("the request", () -> held.count() == 1);
        for (int slot = 0; slot < 2; slot++) {
            bench.machine.memory().putLong(queue.descriptorArea() + 16L * slot, -4096);
            bench.machine.memory().putInt(queue.descriptorArea() + 16L * slot + 8, -1);
        }
        held.finish(0);
        assertThat(queue.await().length()).isEqualTo(8);
        assertThat(bench.machine.memory().copy(answer, 8)).isEqualTo("original".getBytes());
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotTouchAQueueThatIsNotifiedTooEarly(RingFormat format) {
        driver.negotiate(Bench.features(format));
        DriverQueue queue = driver.setUp(0, 16);
        long answer = bench.machine.memory().allocate(4, 1);
        queue.offer(DriverBuffer.of(
                DriverBuffer.readable(bench.bytes("soon".getBytes()), 4), DriverBuffer.writable(answer, 4)));
        queue.kick();
        driver.write(MmioDriver.QUEUE_NOTIFY, 77);
        bench.machine.settle();
        assertThat(queue.poll()).isEmpty();
        assertThat(driver.read(MmioDriver.INTERRUPT_STATUS)).isZero();

        driver.go();
        assertThat(queue.await().length()).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellOfBuffersUsedBeforeTheDriverBrokeARule(RingFormat format) {
        DriverQueue queue = bench.live(Bench.features(format), 16);
        long answer = bench.machine.memory().allocate(4, 1);
        queue.offer(DriverBuffer.of(
                DriverBuffer.readable(bench.bytes("good".getBytes()), 4), DriverBuffer.writable(answer, 4)));
        HostileChain.ZERO_LENGTH.provoke(queue);
        queue.kick();
        assertThat(queue.await().length()).isEqualTo(4);
        assertThat(driver.needsReset()).isTrue();
        assertThat(driver.takeInterrupts()).isEqualTo(MmioDriver.USED_BUFFER | MmioDriver.CONFIG_CHANGE);
    }
}
