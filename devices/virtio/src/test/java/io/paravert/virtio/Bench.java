package io.paravert.virtio;

import io.paravert.testkit.DriverBuffer;
import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.Feature;
import io.paravert.testkit.MmioDriver;
import io.paravert.testkit.RingFormat;
import io.paravert.testkit.TestMachine;
import io.paravert.testkit.TestMemory;
import io.paravert.testkit.Used;
import io.paravert.virtio.mmio.VirtioMmioDevice;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;

/** A machine with a virtio device in an MMIO window, and a driver in front of it. */
public final class Bench implements AutoCloseable {
    public static final long WINDOW = 0xfeb1_0000L;
    /** One for all tests of this JVM. */
    private static final Vertx VERTX = Vertx.vertx();

    private static final int MEMORY_BYTES = 32 << 20;
    private static final TestMemory MEMORY = new TestMemory(MEMORY_BYTES);

    public final TestMachine machine;
    public final VirtioMmioDevice device;
    public final MmioDriver driver;

    public Bench(VirtioDevice virtio) {
        MEMORY.freeAll();
        MEMORY.watchReads(gpa -> {});
        MEMORY.watchWrites(gpa -> {});
        machine = new TestMachine(VERTX, MEMORY);
        device = new VirtioMmioDevice(virtio, WINDOW, machine::setPin);
        machine.plug(device);
        driver = new MmioDriver(machine, WINDOW);
    }

    @Override
    public void close() {
        machine.close();
    }

    public static long features(RingFormat format) {
        return Feature.INDIRECT_DESC | (format == RingFormat.PACKED ? Feature.RING_PACKED : 0);
    }

    /** Brings the device to life with one queue. */
    public DriverQueue live(long features, int size) {
        driver.negotiate(features);
        DriverQueue queue = driver.setUp(0, size);
        driver.go();
        return queue;
    }

    /** Memory that holds these bytes. */
    public long bytes(byte[] content) {
        long gpa = machine.memory().allocate(Math.max(1, content.length), 1);
        machine.memory().write(gpa, content, 0, content.length);
        return gpa;
    }

    /** Sends a text through the echo device; returns what came back. */
    public String echo(DriverQueue queue, String text) {
        byte[] out = text.getBytes(StandardCharsets.UTF_8);
        long answer = machine.memory().allocate(out.length, 1);
        Used used = queue.exchange(DriverBuffer.of(
                DriverBuffer.readable(bytes(out), out.length), DriverBuffer.writable(answer, out.length)));
        return new String(machine.memory().copy(answer, (int) used.length()), StandardCharsets.UTF_8);
    }
}
