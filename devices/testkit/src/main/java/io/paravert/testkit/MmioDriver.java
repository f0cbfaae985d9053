package io.paravert.testkit;

import java.util.concurrent.CompletableFuture;

/**
 * A driver for virtio over MMIO, virtio 1.2, 4.2, that does as it is told. The numbers are the specification's, written down
 * here a second time on purpose.
 */
public final class MmioDriver {
    public static final int ACKNOWLEDGE = 1;
    public static final int DRIVER = 2;
    public static final int DRIVER_OK = 4;
    public static final int FEATURES_OK = 8;
    public static final int NEEDS_RESET = 64;
    public static final int FAILED = 128;

    /** Offsets of registers. */
    public static final int MAGIC_VALUE = 0x000;

    public static final int VERSION = 0x004;
    public static final int DEVICE_ID = 0x008;
    public static final int VENDOR_ID = 0x00c;
    public static final int DEVICE_FEATURES = 0x010;
    public static final int DEVICE_FEATURES_SEL = 0x014;
    public static final int DRIVER_FEATURES = 0x020;
    public static final int DRIVER_FEATURES_SEL = 0x024;
    public static final int QUEUE_SEL = 0x030;
    public static final int QUEUE_NUM_MAX = 0x034;
    public static final int QUEUE_NUM = 0x038;
    public static final int QUEUE_READY = 0x044;
    public static final int QUEUE_NOTIFY = 0x050;
    public static final int INTERRUPT_STATUS = 0x060;
    public static final int INTERRUPT_ACK = 0x064;
    public static final int STATUS = 0x070;
    public static final int QUEUE_DESC = 0x080;
    public static final int QUEUE_DRIVER = 0x090;
    public static final int QUEUE_DEVICE = 0x0a0;
    public static final int SHM_SEL = 0x0ac;
    public static final int SHM_LEN = 0x0b0;
    public static final int SHM_BASE = 0x0b8;
    public static final int QUEUE_RESET = 0x0c0;
    public static final int CONFIG_GENERATION = 0x0fc;
    public static final int CONFIG = 0x100;

    /** Bits of InterruptStatus. */
    public static final int USED_BUFFER = 1;

    public static final int CONFIG_CHANGE = 2;

    private final TestMachine machine;
    private final long window;
    private long features;
    private int kicks;

    /** @param window GPA of the device's registers */
    public MmioDriver(TestMachine machine, long window) {
        this.machine = machine;
        this.window = window;
    }

    public TestMachine machine() {
        return machine;
    }

    public TestMemory memory() {
        return machine.memory();
    }

    /** Whether a feature was negotiated. */
    public boolean has(long feature) {
        return (features & feature) != 0;
    }

    public int read(int register) {
        return (int) machine.readMmio(window + register, 4);
    }

    public void write(int register, int value) {
        machine.writeMmio(window + register, 4, value & 0xffff_ffffL);
    }

    public long readConfig(int offset, int size) {
        return machine.readMmio(window + CONFIG + offset, size);
    }

    public void writeConfig(int offset, int size, long value) {
        machine.writeMmio(window + CONFIG + offset, size, value);
    }

    /** A 64-bit field of the configuration space, read as 2.5.1 tells drivers to. */
    public long readConfig64(int offset) {
        int before;
        long value;
        do {
            before = read(CONFIG_GENERATION);
            value = readConfig(offset, 4) | readConfig(offset + 4, 4) << 32;
        } while (before != read(CONFIG_GENERATION));
        return value;
    }

    public int status() {
        return read(STATUS);
    }

    public boolean needsReset() {
        return (status() & NEEDS_RESET) != 0;
    }

    public long offeredFeatures() {
        write(DEVICE_FEATURES_SEL, 0);
        long low = read(DEVICE_FEATURES) & 0xffff_ffffL;
        write(DEVICE_FEATURES_SEL, 1);
        return low | (long) read(DEVICE_FEATURES) << 32;
    }

    /** Resets the device and says that there is a driver. */
    public void begin() {
        reset();
        write(STATUS, ACKNOWLEDGE);
        write(STATUS, ACKNOWLEDGE | DRIVER);
    }

    /** Chooses features and asks for FEATURES_OK; true if it was granted. */
    public boolean choose(long wanted) {
        write(DRIVER_FEATURES_SEL, 0);
        write(DRIVER_FEATURES, (int) wanted);
        write(DRIVER_FEATURES_SEL, 1);
        write(DRIVER_FEATURES, (int) (wanted >>> 32));
        write(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
        boolean granted = (status() & FEATURES_OK) != 0;
        features = granted ? wanted : 0;
        return granted;
    }

    /** {@link #begin} and {@link #choose} what is both wanted and offered, with VERSION_1. */
    public MmioDriver negotiate(long wanted) {
        begin();
        if (!choose((wanted | Feature.VERSION_1) & offeredFeatures())) {
            throw new AssertionError("the device refused a subset of what it offered");
        }
        return this;
    }

    /** A queue of the negotiated format, placed in memory; the device does not know of it yet. */
    public DriverQueue place(int index, int size) {
        return has(Feature.RING_PACKED)
                ? new PackedDriverQueue(this, index, size)
                : new SplitDriverQueue(this, index, size);
    }

    /** Tells the device where a queue is. */
    public void enable(DriverQueue queue) {
        enable(queue.index(), queue.size(), queue.descriptorArea(), queue.driverArea(), queue.deviceArea());
    }

    /** Tells the device where a queue is, true or not. */
    public void enable(int index, int size, long descriptorArea, long driverArea, long deviceArea) {
        write(QUEUE_SEL, index);
        write(QUEUE_NUM, size);
        writeAddress(QUEUE_DESC, descriptorArea);
        writeAddress(QUEUE_DRIVER, driverArea);
        writeAddress(QUEUE_DEVICE, deviceArea);
        write(QUEUE_READY, 1);
    }

    private void writeAddress(int register, long gpa) {
        write(register, (int) gpa);
        write(register + 4, (int) (gpa >>> 32));
    }

    public int maximumSize(int index) {
        write(QUEUE_SEL, index);
        return read(QUEUE_NUM_MAX);
    }

    /** {@link #place} and {@link #enable}. */
    public DriverQueue setUp(int index, int size) {
        DriverQueue queue = place(index, size);
        enable(queue);
        if (!isReady(index)) {
            throw new AssertionError("the device did not take queue " + index);
        }
        return queue;
    }

    public boolean isReady(int index) {
        write(QUEUE_SEL, index);
        return read(QUEUE_READY) == 1;
    }

    /** DRIVER_OK. */
    public void go() {
        write(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    }

    public void reset() {
        write(STATUS, 0);
        if (status() != 0) {
            throw new AssertionError("status is " + status() + " after a reset");
        }
        features = 0;
    }

    /** Asks for a reset and does not wait. */
    public CompletableFuture<Long> startReset() {
        features = 0;
        return machine.startWriteMmio(window + STATUS, 4, 0);
    }

    /** Asks for a reset of the selected queue and does not wait. */
    public CompletableFuture<Long> startQueueReset(int index) {
        write(QUEUE_SEL, index);
        return machine.startWriteMmio(window + QUEUE_RESET, 4, 1);
    }

    /** @param data what NOTIFICATION_DATA puts above the queue's number */
    void notifyQueue(int index, int data) {
        kicks++;
        write(QUEUE_NOTIFY, has(Feature.NOTIFICATION_DATA) ? index | data << 16 : index);
    }

    /** How often it has notified the device. */
    public int kicks() {
        return kicks;
    }

    /** As an interrupt handler does: reads InterruptStatus and acknowledges what it says. */
    public int takeInterrupts() {
        int bits = read(INTERRUPT_STATUS);
        write(INTERRUPT_ACK, bits);
        return bits;
    }
}
