package io.paravert.devices.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.devices.VirtioBench;
import io.paravert.testkit.DriverBuffer;
import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.HeldFutures;
import io.paravert.testkit.SlowBackEnd;
import io.paravert.testkit.TestMachine;
import io.paravert.testkit.TestMemory;
import io.paravert.testkit.VirtioCases;
import io.paravert.virtio.mmio.VirtioMmioDevice;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ConsoleDeviceTest {
    private static final int RX = 0;
    private static final int TX = 1;
    private static final int CONTROL_RX = 2;
    private static final int CONTROL_TX = 3;

    /** Keeps what it is given; takes it at once, or when the test says so. */
    private static final class Kept implements ConsoleBackend {
        final ByteArrayOutputStream output = new ByteArrayOutputStream();
        final HeldFutures<Void> held = new HeldFutures<>();
        final List<Boolean> opened = new ArrayList<>();
        volatile boolean slow;
        volatile ConsoleInput input;

        @Override
        public Future<Void> start(Vertx vertx, ConsoleInput port) {
            input = port;
            return Future.succeededFuture();
        }

        @Override
        public synchronized Future<Void> write(byte[] bytes) {
            output.writeBytes(bytes);
            return slow ? held.hold() : Future.succeededFuture();
        }

        @Override
        public synchronized void guestOpened(boolean open) {
            opened.add(open);
        }

        synchronized String text() {
            return output.toString(StandardCharsets.UTF_8);
        }

        synchronized List<Boolean> opened() {
            return List.copyOf(opened);
        }

        int offer(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return input.offer(bytes, 0, bytes.length);
        }
    }

    private final Kept console = new Kept();
    private final Kept agent = new Kept();

    private ConsoleDevice twoPorts() {
        return new ConsoleDevice(
                List.of(new ConsoleDevice.Port("console", console), new ConsoleDevice.Port("agent", agent)));
    }

    @TestFactory
    Stream<DynamicTest> conformance() {
        return VirtioCases.of((window, pin) -> new VirtioMmioDevice(twoPorts(), window, pin::set))
                .inputQueues(0, 2, 4)
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> conformanceOfASlowBackEnd() {
        console.slow = true;
        return VirtioCases.of((window, pin) -> new VirtioMmioDevice(twoPorts(), window, pin::set))
                .inputQueues(0, 2, 4)
                .backEnd(new SlowConsole())
                .tests()
                .filter(test -> test.getDisplayName().contains("back end"));
    }

    /** The first port's output, as the conformance kit finishes and fails it. */
    private final class SlowConsole implements SlowBackEnd {
        @Override
        public int queue() {
            return TX;
        }

        @Override
        public DriverBuffer request(TestMemory memory) {
            return DriverBuffer.of(DriverBuffer.readable(memory.allocate(40, 8), 40));
        }

        @Override
        public int waiting() {
            return console.held.count();
        }

        @Override
        public void finish() {
            console.held.complete();
        }

        @Override
        public void fail() {
            console.held.fail(new IllegalStateException("the test fails it"));
        }
    }

    @Test
    void shouldCarryBytesBothWaysForADriverWithoutPorts() {
        try (VirtioBench bench = new VirtioBench(twoPorts())) {
            DriverQueue[] queues = bench.live(0, 2);
            bench.send(queues[TX], "hello, world");
            queues[TX].await();
            assertThat(console.text()).isEqualTo("hello, world");
            long buffer = bench.offer(queues[RX], 16);
            assertThat(console.offer("typed")).isEqualTo(5);
            assertThat(bench.awaitText(queues[RX], buffer)).isEqualTo("typed");
            assertThat(console.opened()).endsWith(true);
        }
    }

    @Test
    void shouldCutInputToTheBuffersOfTheDriver() {
        try (VirtioBench bench = new VirtioBench(twoPorts())) {
            DriverQueue[] queues = bench.live(0, 2);
            console.offer("abcdefgh");
            long first = bench.offer(queues[RX], 3);
            assertThat(bench.awaitText(queues[RX], first)).isEqualTo("abc");
            long second = bench.offer(queues[RX], 30);
            assertThat(bench.awaitText(queues[RX], second)).isEqualTo("defgh");
        }
    }

    @Test
    void shouldLeaveInputThatDoesNotFitWithTheBackEndAndSayWhenThereIsRoom() {
        try (VirtioBench bench = new VirtioBench(twoPorts())) {
            DriverQueue[] queues = bench.live(0, 2);
            byte[] much = new byte[ConsolePort.INPUT_BYTES + 100];
            assertThat(console.input.offer(much, 0, much.length)).isEqualTo(ConsolePort.INPUT_BYTES);
            assertThat(console.offer("more")).isZero();
            AtomicInteger told = new AtomicInteger();
            console.input.whenRoom(told::incrementAndGet);
            assertThat(told).hasValue(0);
            bench.offer(queues[RX], 50);
            assertThat(queues[RX].await().length()).isEqualTo(50);
            assertThat(told).hasValue(1);
            assertThat(console.input.offer(much, 0, 100)).isEqualTo(50);
        }
    }

    @Test
    void shouldHoldTheGuestsOutputWhileTheBackEndIsSlow() {
        console.slow = true;
        try (VirtioBench bench = new VirtioBench(twoPorts())) {
            DriverQueue[] queues = bench.live(0, 2);
            bench.send(queues[TX], new byte[ConsoleDevice.CHUNK + 10]);
            bench.send(queues[TX], "second");
            bench.machine.settle();
            assertThat(console.output.size()).as("a chunk at a time").isEqualTo(ConsoleDevice.CHUNK);
            assertThat(queues[TX].poll()).isEmpty();
            console.held.complete();
            bench.machine.await("the rest", () -> console.output.size() == ConsoleDevice.CHUNK + 10);
            console.held.complete();
            queues[TX].await();
            bench.machine.await("the second", () -> console.text().endsWith("second"));
            assertThat(queues[TX].poll()).isEmpty();
            console.held.complete();
            queues[TX].await();
        }
    }

    /** One buffer of 126 MiB: the same memory 126 times. A back end that is prompt must not make a stack of it. */
    @Test
    void shouldTakeABufferOfMorePiecesThanAStackHasFrames() {
        AtomicLong taken = new AtomicLong();
        ConsoleBackend prompt = bytes -> {
            taken.addAndGet(bytes.length);
            return Future.succeededFuture();
        };
        ConsoleDevice device = new ConsoleDevice(List.of(new ConsoleDevice.Port("console", prompt)));
        try (VirtioBench bench = new VirtioBench(device)) {
            DriverQueue transmit = bench.live(1L << 28, 2)[TX];
            List<DriverBuffer.Element> elements = Collections.nCopies(
                    126, DriverBuffer.readable(0, bench.memory().size()));
            transmit.exchange(new DriverBuffer(elements, true));
            assertThat(taken).hasValue(126L * bench.memory().size());
            assertThat(bench.driver.needsReset()).isFalse();
            assertThat(bench.machine.uncaught()).isEmpty();
        }
    }

    @Test
    void shouldDropOutputThatTheBackEndRefusesAndGoOn() {
        console.slow = true;
        try (VirtioBench bench = new VirtioBench(twoPorts())) {
            DriverQueue[] queues = bench.live(0, 2);
            bench.send(queues[TX], "lost");
            bench.machine.await("it is written", () -> console.held.count() == 1);
            console.held.fail(new java.io.IOException("no space left on device"));
            queues[TX].await();
            console.slow = false;
            bench.send(queues[TX], "kept");
            queues[TX].await();
            assertThat(bench.driver.needsReset()).isFalse();
            assertThat(bench.machine.uncaught()).isEmpty();
        }
    }

    @Test
    void shouldResetWhileOutputIsUnderWay() {
        console.slow = true;
        try (VirtioBench bench = new VirtioBench(twoPorts())) {
            DriverQueue[] queues = bench.live(0, 2);
            bench.send(queues[TX], new byte[3 * ConsoleDevice.CHUNK]);
            bench.machine.await("it is written", () -> console.held.count() == 1);
            CompletableFuture<Long> reset = bench.driver.startReset();
            bench.machine.settle();
            assertThat(reset).isNotDone();
            console.held.complete();
            TestMachine.wait(reset);
            assertThat(console.output.size())
                    .as("what was not begun is given up")
                    .isEqualTo(ConsoleDevice.CHUNK);
        }
    }

    private static byte[] message(int id, int event, int value) {
        return ControlEvent.message(id, event, value);
    }

    /** Reads control messages as "id:event=value". */
    private static String next(VirtioBench bench, DriverQueue[] queues) {
        long buffer = bench.offer(queues[CONTROL_RX], 32);
        byte[] got = bench.await(queues[CONTROL_RX], buffer);
        String rest = new String(got, 8, got.length - 8, StandardCharsets.ISO_8859_1);
        return got[0] + ":" + got[4] + "=" + got[6] + (rest.isEmpty() ? "" : " " + rest);
    }

    private static DriverQueue[] readyPorts(VirtioBench bench) {
        DriverQueue[] queues = bench.live(ConsoleDevice.F_MULTIPORT | ConsoleDevice.F_SIZE, 6);
        bench.send(queues[CONTROL_TX], message(0, ControlEvent.DEVICE_READY, 1));
        assertThat(next(bench, queues)).isEqualTo("0:1=0");
        assertThat(next(bench, queues)).isEqualTo("1:1=0");
        bench.send(queues[CONTROL_TX], message(0, ControlEvent.PORT_READY, 1));
        assertThat(next(bench, queues)).as("console").isEqualTo("0:4=1");
        assertThat(next(bench, queues)).as("open").isEqualTo("0:6=1");
        bench.send(queues[CONTROL_TX], message(1, ControlEvent.PORT_READY, 1));
        assertThat(next(bench, queues)).as("name").isEqualTo("1:7=0 agent");
        assertThat(next(bench, queues)).isEqualTo("1:6=1");
        return queues;
    }

    @Test
    void shouldIntroduceItsPortsAndCarryTheirBytes() {
        try (VirtioBench bench = new VirtioBench(twoPorts())) {
            DriverQueue[] queues = readyPorts(bench);
            assertThat(bench.driver.readConfig(ConsoleDevice.PORTS, 4)).isEqualTo(2);
            bench.send(queues[CONTROL_TX], message(1, ControlEvent.PORT_OPEN, 1));
            bench.send(queues[5], "to the agent");
            queues[5].await();
            assertThat(agent.text()).isEqualTo("to the agent");
            assertThat(agent.opened()).endsWith(true);
            assertThat(console.text()).isEmpty();
            long buffer = bench.offer(queues[4], 32);
            agent.offer("from the agent");
            assertThat(bench.awaitText(queues[4], buffer)).isEqualTo("from the agent");
        }
    }

    @Test
    void shouldTellOfANewSizeAndOfWhoComesAndGoes() {
        try (VirtioBench bench = new VirtioBench(twoPorts())) {
            DriverQueue[] queues = readyPorts(bench);
            console.input.resize(132, 43);
            assertThat(next(bench, queues)).isEqualTo("0:5=0 \u0084\0\u002b\0");
            assertThat(bench.driver.readConfig(ConsoleDevice.COLUMNS, 2)).isEqualTo(132);
            assertThat(bench.driver.readConfig(ConsoleDevice.ROWS, 2)).isEqualTo(43);
            agent.input.setConnected(false);
            assertThat(next(bench, queues)).isEqualTo("1:6=0");
        }
    }

    @Test
    void shouldIgnoreControlMessagesThatMakeNoSense() {
        try (VirtioBench bench = new VirtioBench(twoPorts())) {
            DriverQueue[] queues = readyPorts(bench);
            bench.send(queues[CONTROL_TX], message(-1, ControlEvent.PORT_READY, 1));
            bench.send(queues[CONTROL_TX], message(2, ControlEvent.PORT_OPEN, 1));
            bench.send(queues[CONTROL_TX], message(0, 99, 1));
            bench.send(queues[CONTROL_TX], (byte) 1);
            for (int i = 0; i < 7; i++) {
                queues[CONTROL_TX].await();
            }
            assertThat(bench.driver.needsReset()).isFalse();
        }
    }

    @Test
    void shouldTakeAnEmergencyCharacterBeforeThereAreQueues() {
        try (VirtioBench bench = new VirtioBench(twoPorts())) {
            bench.driver.writeConfig(ConsoleDevice.EMERGENCY_WRITE, 4, '!');
            assertThat(console.text()).isEqualTo("!");
        }
    }

    @Test
    void shouldReadAStreamAsTheGuestReadsIt() {
        byte[] much = new byte[3 * ConsolePort.INPUT_BYTES];
        java.util.Arrays.fill(much, (byte) 'x');
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        StreamBackend stream = new StreamBackend(output, Optional.of(new ByteArrayInputStream(much)), true);
        try (VirtioBench bench =
                new VirtioBench(new ConsoleDevice(List.of(new ConsoleDevice.Port("console", stream))))) {
            DriverQueue[] queues = bench.live(0, 2);
            bench.send(queues[TX], "out");
            queues[TX].await();
            assertThat(output).hasToString("out");
            long all = 0;
            long gpa = bench.memory().allocate(4096, 8);
            while (all < much.length) {
                queues[RX].offer(
                        io.paravert.testkit.DriverBuffer.of(io.paravert.testkit.DriverBuffer.writable(gpa, 4096)));
                queues[RX].kick();
                all += queues[RX].await().length();
            }
            assertThat(all).isEqualTo(much.length);
        }
    }

    @Test
    void shouldLeadToASocketAndTellWhetherSomebodyIsThere() throws Exception {
        SocketBackend socket = new SocketBackend(0);
        try (VirtioBench bench =
                new VirtioBench(new ConsoleDevice(List.of(new ConsoleDevice.Port("console", socket))))) {
            DriverQueue[] queues = bench.live(0, 2);
            NetClient factory = bench.machine.vertx().createNetClient();
            NetSocket client = factory.connect(socket.port(), "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
            Buffer got = Buffer.buffer();
            client.handler(bytes -> {
                synchronized (got) {
                    got.appendBuffer(bytes);
                }
            });
            long buffer = bench.offer(queues[RX], 16);
            client.write("ping");
            assertThat(bench.awaitText(queues[RX], buffer)).isEqualTo("ping");
            bench.send(queues[TX], "pong");
            queues[TX].await();
            bench.machine.await("the answer", () -> {
                synchronized (got) {
                    return got.toString().equals("pong");
                }
            });
        }
    }
}
