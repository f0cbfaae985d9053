package io.paravert.devices;

import io.paravert.testkit.DriverBuffer;
import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.MmioDriver;
import io.paravert.testkit.TestMachine;
import io.paravert.testkit.TestMemory;
import io.paravert.testkit.Used;
import io.paravert.testkit.VirtioCases;
import io.paravert.virtio.VirtioDevice;
import io.paravert.virtio.mmio.VirtioMmioDevice;
import java.nio.charset.StandardCharsets;

/** A machine with one virtio device and a driver that behaves. */
public final class VirtioBench implements AutoCloseable {
    public final TestMachine machine;
    public final MmioDriver driver;

    public VirtioBench(VirtioDevice device) {
        this(device, 1 << 20);
    }

    public VirtioBench(VirtioDevice device, int memoryBytes) {
        machine = new TestMachine(memoryBytes);
        machine.plug(new VirtioMmioDevice(device, VirtioCases.WINDOW, machine::setPin));
        driver = new MmioDriver(machine, VirtioCases.WINDOW);
    }

    public TestMemory memory() {
        return machine.memory();
    }

    /** Negotiates, and sets up queues from 0 on. */
    public DriverQueue[] live(long features, int queues) {
        driver.negotiate(features);
        DriverQueue[] all = new DriverQueue[queues];
        for (int i = 0; i < queues; i++) {
            all[i] = driver.setUp(i, 16);
        }
        driver.go();
        machine.settle();
        return all;
    }

    public long bytes(byte... content) {
        long gpa = memory().allocate(Math.max(1, content.length), 8);
        memory().write(gpa, content, 0, content.length);
        return gpa;
    }

    /** Makes these bytes available to the device and tells it. */
    public void send(DriverQueue queue, byte... content) {
        queue.offer(DriverBuffer.of(DriverBuffer.readable(bytes(content), content.length)));
        queue.kick();
    }

    public void send(DriverQueue queue, String text) {
        send(queue, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Offers an empty buffer and tells the device; returns where it is. */
    public long offer(DriverQueue queue, int length) {
        long gpa = memory().allocate(length, 8);
        queue.offer(DriverBuffer.of(DriverBuffer.writable(gpa, length)));
        queue.kick();
        return gpa;
    }

    /** Waits for the device to fill the buffer that was offered first. */
    public byte[] await(DriverQueue queue, long gpa) {
        Used used = queue.await();
        return memory().copy(gpa, (int) used.length());
    }

    public String awaitText(DriverQueue queue, long gpa) {
        return new String(await(queue, gpa), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        machine.close();
    }
}
