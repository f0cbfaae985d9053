package io.paravert.devices.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.devices.PathBench;
import io.paravert.devices.PathBench.Path;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the file is asked for, and when. */
class FileStoreTest {
    private static final int BYTES = 1 << 20;

    @TempDir
    java.nio.file.Path folder;

    /** A file in memory that writes down what it is asked for. */
    private static final class Recorded implements BlockFile {
        final List<String> calls = new CopyOnWriteArrayList<>();
        final ByteBuffer content = ByteBuffer.allocate(BYTES);
        final CountDownLatch mayForce = new CountDownLatch(1);
        volatile boolean sparse = true;
        volatile int mostAtOnce = Integer.MAX_VALUE;
        volatile boolean broken;

        @Override
        public long size() {
            return BYTES;
        }

        @Override
        public synchronized int read(ByteBuffer target, long position) throws IOException {
            fail();
            int count = Math.min(mostAtOnce, target.remaining());
            target.put(content.slice((int) position, count));
            return count;
        }

        @Override
        public synchronized int write(ByteBuffer source, long position) throws IOException {
            fail();
            int count = Math.min(mostAtOnce, source.remaining());
            content.put((int) position, source, source.position(), count);
            source.position(source.position() + count);
            calls.add("write " + position + " " + count);
            return count;
        }

        private void fail() throws IOException {
            if (broken) {
                throw new IOException("Input/output error");
            }
        }

        @Override
        public void force() throws IOException {
            try {
                mayForce.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            calls.add("force");
            fail();
        }

        @Override
        public boolean punchHole(long position, long bytes) {
            calls.add("punch " + position + " " + bytes);
            return sparse;
        }

        @Override
        public boolean zeroRange(long position, long bytes) {
            calls.add("zero " + position + " " + bytes);
            return sparse;
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }

    private final Recorded file = new Recorded();

    private BlockBench bench() throws IOException {
        return new BlockBench(new FileStore("recorded", file, false));
    }

    @ParameterizedTest
    @EnumSource
    void shouldAnswerAFlushOnlyWhenTheFileWasForced(Path path) throws Exception {
        try (BlockBench bench = bench()) {
            PathBench.Driver driver = bench.driver(path);
            long data = bench.memory().allocate(4096, 512);
            assertThat(driver.run(IoOp.WRITE, 8, data, 4096)).isEqualTo(4096);
            Thread opener = new Thread(() -> {
                file.calls.add("opened");
                file.mayForce.countDown();
            });
            opener.start();
            assertThat(driver.run(IoOp.FLUSH, 0, 0, 0)).isZero();
            assertThat(file.calls).containsExactly("write 4096 4096", "opened", "force");
            opener.join();
        }
    }

    @Test
    void shouldPunchForADiscardAndZeroForWriteZeroes() throws Exception {
        try (BlockBench bench = bench()) {
            PathBench.Driver driver = bench.driver(Path.RING_DOORBELL);
            assertThat(driver.run(IoOp.DISCARD, 16, 0, 65536)).isEqualTo(65536);
            assertThat(driver.run(IoOp.WRITE_ZEROES, 8, 0, 8192)).isEqualTo(8192);
            assertThat(file.calls).containsExactly("punch 8192 65536", "zero 4096 8192");
        }
        assertThat(file.calls).last().isEqualTo("close");
    }

    @Test
    void shouldWriteZerosWhereTheHostCannotAndKeepWhatIsDiscarded() throws Exception {
        file.sparse = false;
        java.util.Arrays.fill(file.content.array(), (byte) 7);
        try (BlockBench bench = bench()) {
            PathBench.Driver driver = bench.driver(Path.PORT);
            assertThat(driver.run(IoOp.WRITE_ZEROES, 8, 0, 600 * 512)).isEqualTo(600 * 512);
            assertThat(driver.run(IoOp.DISCARD, 0, 0, 512)).isEqualTo(512);
        }
        for (int i = 0; i < BYTES; i++) {
            assertThat(file.content.get(i)).isEqualTo((byte) (i >= 4096 && i < 4096 + 600 * 512 ? 0 : 7));
        }
    }

    @Test
    void shouldGoOnWhereTheKernelStopsShort() throws Exception {
        file.mostAtOnce = 1000;
        try (BlockBench bench = bench()) {
            PathBench.Driver driver = bench.driver(Path.MMIO);
            long out = bench.memory().allocate(8192, 512);
            for (int i = 0; i < 8192; i++) {
                bench.memory().putByte(out + i, (byte) (i * 31));
            }
            long in = bench.memory().allocate(8192, 512);
            assertThat(driver.run(IoOp.WRITE, 1, out, 8192)).isEqualTo(8192);
            assertThat(driver.run(IoOp.READ, 1, in, 8192)).isEqualTo(8192);
            assertThat(bench.memory().copy(in, 8192)).isEqualTo(bench.memory().copy(out, 8192));
        }
    }

    @Test
    void shouldTellTheGuestOfAnErrorAndGoOn() throws Exception {
        try (BlockBench bench = bench()) {
            PathBench.Driver driver = bench.driver(Path.HYPERCALL);
            long data = bench.memory().allocate(512, 512);
            file.mayForce.countDown();
            file.broken = true;
            assertThat(driver.run(IoOp.READ, 0, data, 512)).isEqualTo(-PvError.EIO);
            assertThat(driver.run(IoOp.FLUSH, 0, 0, 0)).isEqualTo(-PvError.EIO);
            file.broken = false;
            assertThat(driver.run(IoOp.READ, 0, data, 512)).isEqualTo(512);
        }
    }

    @Test
    void shouldGiveStorageBackToTheHost() throws Exception {
        java.nio.file.Path image = folder.resolve("disk.img");
        try (RandomAccessFile made = new RandomAccessFile(image.toFile(), "rw")) {
            byte[] full = new byte[BYTES];
            java.util.Arrays.fill(full, (byte) 1);
            made.write(full);
        }
        try (HostFile host = HostFile.open(image, false)) {
            org.junit.jupiter.api.Assumptions.assumeTrue(
                    host.punchHole(0, BYTES / 2), "this file system cannot punch holes");
            ByteBuffer read = ByteBuffer.allocate(BYTES);
            assertThat(host.read(read, 0)).isEqualTo(BYTES);
            assertThat(read.get(BYTES / 2 - 1)).isZero();
            assertThat(read.get(BYTES / 2)).isEqualTo((byte) 1);
            assertThat(host.size()).isEqualTo(BYTES);
            assertThatThrownBy(() -> HostFile.open(image, false)).hasMessageContaining("another machine uses it");
        }
        try (HostFile again = HostFile.open(image, true)) {
            assertThat(again.punchHole(0, BYTES)).as("read-only").isFalse();
        }
    }
}
