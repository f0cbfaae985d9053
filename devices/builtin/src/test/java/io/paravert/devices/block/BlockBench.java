package io.paravert.devices.block;

import io.paravert.abi.Hypercall;
import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.devices.PathBench;
import io.paravert.devices.path.Placement;
import io.paravert.testkit.DriverBuffer;
import io.paravert.testkit.DriverQueue;
import io.paravert.testkit.MmioDriver;
import io.paravert.testkit.RingDriver;
import io.paravert.testkit.TestMachine;
import io.paravert.testkit.TestMemory;
import java.util.ArrayList;
import java.util.List;

/** A machine with a block device, and a driver for each of its paths. */
final class BlockBench implements AutoCloseable {
    final TestMachine machine = new TestMachine(8 << 20);
    private final PathBench paths = new PathBench(machine);

    BlockBench(BlockStore store) {
        machine.plug(new BlockDevice(store, BlockDevice.Settings.USUAL));
    }

    TestMemory memory() {
        return machine.memory();
    }

    @Override
    public void close() {
        machine.close();
    }

    PathBench.Driver driver(PathBench.Path path) {
        return path == PathBench.Path.VIRTIO
                ? virtio()
                : paths.driver(
                        path,
                        (op, sector, gpa, bytes) ->
                                machine.callDevice(Hypercall.BLOCK_SUBMIT, 0, op, sector, gpa, bytes));
    }

    RingDriver ring(int mode) {
        return paths.ring(mode);
    }

    MmioDriver virtioDriver() {
        return new MmioDriver(machine, PathBench.WINDOW + Placement.VIRTIO_OFFSET);
    }

    /** A virtio driver with its queue, live. */
    DriverQueue virtioQueue(MmioDriver driver) {
        driver.negotiate(-1L & ~(1L << 35));
        DriverQueue queue = driver.setUp(0, 16);
        driver.go();
        return queue;
    }

    private PathBench.Driver virtio() {
        DriverQueue queue = virtioQueue(virtioDriver());
        return (op, sector, gpa, bytes) -> {
            boolean clears = op == IoOp.DISCARD || op == IoOp.WRITE_ZEROES;
            long header = header(virtioType(op), clears ? 0 : sector);
            long status = memory().allocate(1, 1);
            memory().putByte(status, (byte) 0xff);
            List<DriverBuffer.Element> elements = new ArrayList<>();
            elements.add(DriverBuffer.readable(header, 16));
            if (clears) {
                elements.add(DriverBuffer.readable(range(sector, bytes / 512), 16));
            } else if (op == IoOp.WRITE && bytes > 0) {
                elements.add(DriverBuffer.readable(gpa, bytes));
            } else if (op == IoOp.READ && bytes > 0) {
                elements.add(DriverBuffer.writable(gpa, bytes));
            }
            elements.add(DriverBuffer.writable(status, 1));
            queue.exchange(new DriverBuffer(elements, false));
            return memory().getByte(status) == 0 ? bytes : -PvError.EIO;
        };
    }

    private static int virtioType(int op) {
        return switch (op) {
            case IoOp.READ -> 0;
            case IoOp.WRITE -> 1;
            case IoOp.FLUSH -> 4;
            case IoOp.DISCARD -> 11;
            case IoOp.WRITE_ZEROES -> 13;
            default -> 99;
        };
    }

    /** A virtio-blk request header. */
    long header(int type, long sector) {
        long gpa = memory().allocate(16, 8);
        memory().putInt(gpa, type);
        memory().putInt(gpa + 4, 0);
        memory().putLong(gpa + 8, sector);
        return gpa;
    }

    private long range(long sector, int sectors) {
        long gpa = memory().allocate(16, 8);
        memory().putLong(gpa, sector);
        memory().putInt(gpa + 8, sectors);
        memory().putInt(gpa + 12, 0);
        return gpa;
    }
}
