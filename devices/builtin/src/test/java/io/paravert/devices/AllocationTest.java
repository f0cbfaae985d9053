package io.paravert.devices;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.paravert.abi.IoOp;
import io.paravert.abi.RingMode;
import io.paravert.device.Device;
import io.paravert.devices.block.BlockDevice;
import io.paravert.devices.block.BlockStore;
import io.paravert.devices.block.FileStore;
import io.paravert.devices.block.MemoryStore;
import io.paravert.devices.block.VirtioBlock;
import io.paravert.devices.net.LoopBackend;
import io.paravert.devices.net.NetDevice;
import io.paravert.devices.net.NetIdentity;
import io.paravert.devices.path.IoRequest;
import io.paravert.testkit.DriverBuffer;
import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.RingDriver;
import io.paravert.testkit.TestMachine;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No garbage per operation on the ring path: what every thread but the driver's allocates while operations go through. The
 * driver here is the test itself, which may allocate.
 */
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int OPERATIONS = 20_000;
    private static final int BYTES = 4096;
    private static final int FRAME_BYTES = 1514;
    /** An object for each operation would be 16 bytes at least. What is left is a task for each turn of the device. */
    private static final double LIMIT = 15;

    @TempDir
    Path folder;

    private static Map<String, Long> allocated() {
        Map<String, Long> all = new TreeMap<>();
        long[] ids = THREADS.getAllThreadIds();
        long[] bytes = THREADS.getThreadAllocatedBytes(ids);
        java.lang.management.ThreadInfo[] infos = THREADS.getThreadInfo(ids);
        for (int i = 0; i < ids.length; i++) {
            if (infos[i] != null && ids[i] != Thread.currentThread().getId()) {
                all.merge(infos[i].getThreadName(), bytes[i], Long::sum);
            }
        }
        return all;
    }

    /** Bytes for each operation, by the thread that allocated them. */
    private static double perOperation(Runnable workload) {
        workload.run();
        Map<String, Long> before = allocated();
        workload.run();
        Map<String, Long> after = allocated();
        double sum = 0;
        for (Map.Entry<String, Long> thread : after.entrySet()) {
            String name = thread.getKey();
            if (name.startsWith("test-device-") || name.startsWith("vert.x-eventloop") || name.startsWith("block-")) {
                sum += thread.getValue() - before.getOrDefault(name, 0L);
            }
        }
        return sum / OPERATIONS;
    }

    private static long[] buffers(TestMachine machine) {
        long[] data = new long[32];
        Arrays.setAll(data, i -> machine.memory().allocate(BYTES, 512));
        return data;
    }

    private static void drive(RingDriver ring, long[] data) {
        for (int done = 0; done < OPERATIONS; done += data.length) {
            for (int i = 0; i < data.length; i++) {
                ring.submit(i % 2 == 0 ? IoOp.READ : IoOp.WRITE, 8L * i, data[i], BYTES);
            }
            for (int i = 0; i < data.length; i++) {
                assertThat(ring.await().result()).isEqualTo(BYTES);
            }
        }
    }

    /** Frames that go out and come back: a send and a receive are one operation each. */
    private static void exchange(RingDriver ring, long[] data) {
        for (int done = 0; done < OPERATIONS; done += data.length) {
            for (int i = 0; i < data.length; i += 2) {
                ring.submit(IoOp.RECEIVE, 0, data[i], BYTES);
                ring.submit(IoOp.SEND, 0, data[i + 1], FRAME_BYTES);
            }
            for (int i = 0; i < data.length; i++) {
                assertThat(ring.await().result()).isEqualTo(FRAME_BYTES);
            }
        }
    }

    private interface Workload {
        void run(RingDriver ring, long[] data);
    }

    private static double measure(BlockStore store, int mode) {
        return measure(new BlockDevice(store, BlockDevice.Settings.USUAL), mode, AllocationTest::drive);
    }

    private static double measure(Device device, int mode, Workload workload) {
        TestMachine machine = new TestMachine(8 << 20).plug(device);
        try {
            RingDriver ring = new RingDriver(machine, 64, mode);
            assertThat(ring.open()).isZero();
            long[] data = buffers(machine);
            return perOperation(() -> workload.run(ring, data));
        } finally {
            machine.close();
        }
    }

    private FileStore file() throws Exception {
        Path image = folder.resolve("disk.img");
        try (RandomAccessFile made = new RandomAccessFile(image.toFile(), "rw")) {
            made.setLength(1 << 20);
        }
        return FileStore.open(image, false);
    }

    @Test
    void shouldMakeNoGarbageForAnOperationOnAPollingRing() {
        assertThat(measure(new MemoryStore(1 << 20), RingMode.POLLING)).isLessThan(LIMIT);
    }

    @Test
    void shouldMakeNoGarbageForAFrame() {
        NetDevice net = new NetDevice(new LoopBackend(), NetIdentity.random(), DevicePaths.Place.USUAL);
        assertThat(measure(net, RingMode.POLLING, AllocationTest::exchange)).isLessThan(LIMIT);
    }

    /** Requests that end together, when the last of them has come. */
    private static final class Together implements BlockStore {
        private final MemoryStore store = new MemoryStore(1 << 20);
        private final ArrayDeque<IoRequest> waiting = new ArrayDeque<>(64);
        private final int count;

        Together(int count) {
            this.count = count;
        }

        @Override
        public long sectors() {
            return store.sectors();
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public void begin(IoRequest request) {
            waiting.add(request);
            if (waiting.size() == count) {
                for (IoRequest next = waiting.poll(); next != null; next = waiting.poll()) {
                    store.begin(next);
                }
            }
        }
    }

    @Test
    void shouldMakeNoGarbageForAVirtioRequestThatEndsLater() {
        int count = 32;
        try (VirtioBench bench = new VirtioBench(new VirtioBlock(new Together(count), "disk"), 8 << 20)) {
            bench.driver.negotiate(0);
            DriverQueue queue = bench.driver.setUp(0, 128);
            bench.driver.go();
            long header = bench.bytes(new byte[16]);
            DriverBuffer[] reads = Arrays.stream(buffers(bench.machine))
                    .mapToObj(gpa -> DriverBuffer.of(
                            DriverBuffer.readable(header, 16),
                            DriverBuffer.writable(gpa, BYTES),
                            DriverBuffer.writable(bench.bytes((byte) 0), 1)))
                    .toArray(DriverBuffer[]::new);
            double garbage = perOperation(() -> {
                for (int done = 0; done < OPERATIONS; done += count) {
                    for (DriverBuffer read : reads) {
                        queue.offer(read);
                    }
                    queue.kick();
                    for (int i = 0; i < count; i++) {
                        assertThat(queue.await().length()).isEqualTo(BYTES + 1);
                    }
                }
            });
            assertThat(garbage).isLessThan(LIMIT);
        }
    }

    @Test
    void shouldMakeNoGarbageForAnOperationOnAFile() throws Exception {
        assertThat(measure(file(), RingMode.POLLING)).isLessThan(LIMIT);
    }
}
