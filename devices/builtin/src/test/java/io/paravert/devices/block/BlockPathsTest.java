package io.paravert.devices.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.paravert.abi.IoOp;
import io.paravert.abi.PvError;
import io.paravert.devices.PathBench;
import java.nio.file.Files;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One contract, every path: the device behind them is the same. */
class BlockPathsTest {
    private static final int SECTORS = 64;

    @TempDir
    private java.nio.file.Path folder;

    private java.nio.file.Path image() throws Exception {
        return Files.write(folder.resolve("disk.img"), new byte[SECTORS * 512]);
    }

    private static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(bytes).nextBytes(noise);
        return noise;
    }

    private static long bytes(BlockBench bench, byte[] content) {
        long gpa = bench.memory().allocate(content.length, 512);
        bench.memory().write(gpa, content, 0, content.length);
        return gpa;
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadBackWhatWasWritten(PathBench.Path path) throws Exception {
        java.nio.file.Path file = image();
        byte[] content = noise(3 * 512);
        try (BlockBench bench = new BlockBench(FileStore.open(file, false))) {
            PathBench.Driver driver = bench.driver(path);
            assertThat(driver.run(IoOp.WRITE, 5, bytes(bench, content), content.length))
                    .isEqualTo(content.length);
            assertThat(driver.run(IoOp.FLUSH, 0, 0, 0)).isZero();
            long back = bench.memory().allocate(content.length, 512);
            assertThat(driver.run(IoOp.READ, 5, back, content.length)).isEqualTo(content.length);
            assertThat(bench.memory().copy(back, content.length)).isEqualTo(content);
        }
        byte[] all = Files.readAllBytes(file);
        assertThat(java.util.Arrays.copyOfRange(all, 5 * 512, 8 * 512)).isEqualTo(content);
        assertThat(all[5 * 512 - 1]).isZero();
        assertThat(all[8 * 512]).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepBytesInMemoryAcrossChunks(PathBench.Path path) {
        byte[] content = noise(8 * 512);
        try (BlockBench bench = new BlockBench(new MemoryStore(3 << 20))) {
            PathBench.Driver driver = bench.driver(path);
            long place = (1 << 20) / 512 - 3;
            assertThat(driver.run(IoOp.WRITE, place, bytes(bench, content), content.length))
                    .isEqualTo(content.length);
            long back = bytes(bench, noise(8 * 512 + 512));
            assertThat(driver.run(IoOp.READ, place, back, content.length)).isEqualTo(content.length);
            assertThat(bench.memory().copy(back, content.length)).isEqualTo(content);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadZerosAfterWriteZeroes(PathBench.Path path) throws Exception {
        for (boolean inFile : new boolean[] {true, false}) {
            BlockStore store = inFile ? FileStore.open(image(), false) : new MemoryStore(SECTORS * 512);
            try (BlockBench bench = new BlockBench(store)) {
                PathBench.Driver driver = bench.driver(path);
                byte[] content = noise(4 * 512);
                driver.run(IoOp.WRITE, 0, bytes(bench, content), content.length);
                assertThat(driver.run(IoOp.WRITE_ZEROES, 1, 0, 2 * 512)).isEqualTo(2 * 512);
                assertThat(driver.run(IoOp.DISCARD, 20, 0, 512)).isEqualTo(512);
                long back = bench.memory().allocate(content.length, 512);
                driver.run(IoOp.READ, 0, back, content.length);
                java.util.Arrays.fill(content, 512, 3 * 512, (byte) 0);
                assertThat(bench.memory().copy(back, content.length)).isEqualTo(content);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseWhatIsBeyondTheCapacity(PathBench.Path path) {
        try (BlockBench bench = new BlockBench(new MemoryStore(SECTORS * 512))) {
            PathBench.Driver driver = bench.driver(path);
            long gpa = bench.memory().allocate(1024, 512);
            int error = path == PathBench.Path.VIRTIO ? PvError.EIO : PvError.ERANGE;
            assertThat(driver.run(IoOp.READ, SECTORS - 1, gpa, 512)).isEqualTo(512);
            assertThat(driver.run(IoOp.READ, SECTORS - 1, gpa, 1024)).isEqualTo(-error);
            assertThat(driver.run(IoOp.WRITE, SECTORS, gpa, 512)).isEqualTo(-error);
            assertThat(driver.run(IoOp.READ, Long.MAX_VALUE, gpa, 512)).isEqualTo(-error);
            assertThat(driver.run(IoOp.READ, -1, gpa, 512)).isEqualTo(-error);
            assertThat(driver.run(IoOp.WRITE_ZEROES, SECTORS - 1, 0, 1024)).isEqualTo(-error);
            assertThat(driver.run(IoOp.READ, 0, gpa, 512)).isEqualTo(512);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseWhatIsNotAMultipleOfASector(PathBench.Path path) {
        try (BlockBench bench = new BlockBench(new MemoryStore(SECTORS * 512))) {
            PathBench.Driver driver = bench.driver(path);
            long gpa = bench.memory().allocate(1024, 512);
            int error = path == PathBench.Path.VIRTIO ? PvError.EIO : PvError.EINVAL;
            assertThat(driver.run(IoOp.READ, 0, gpa, 511)).isEqualTo(-error);
            assertThat(driver.run(IoOp.WRITE, 0, gpa, 513)).isEqualTo(-error);
            assertThat(driver.run(IoOp.READ, 0, gpa, 512)).isEqualTo(512);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseWritesToWhatIsReadOnly(PathBench.Path path) throws Exception {
        try (BlockBench bench = new BlockBench(FileStore.open(image(), true))) {
            PathBench.Driver driver = bench.driver(path);
            long gpa = bench.memory().allocate(512, 512);
            int error = path == PathBench.Path.VIRTIO ? PvError.EIO : PvError.EROFS;
            assertThat(driver.run(IoOp.WRITE, 0, gpa, 512)).isEqualTo(-error);
            assertThat(driver.run(IoOp.DISCARD, 0, gpa, 512)).isEqualTo(-error);
            assertThat(driver.run(IoOp.READ, 0, gpa, 512)).isEqualTo(512);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "VIRTIO")
    void shouldRefuseMemoryThatTheGuestDoesNotHave(PathBench.Path path) {
        try (BlockBench bench = new BlockBench(new MemoryStore(SECTORS * 512))) {
            PathBench.Driver driver = bench.driver(path);
            int end = bench.memory().size();
            assertThat(driver.run(IoOp.READ, 0, end - 256, 512)).isEqualTo(-PvError.EFAULT);
            assertThat(driver.run(IoOp.WRITE, 0, -512, 512)).isEqualTo(-PvError.EFAULT);
            assertThat(driver.run(IoOp.FLUSH, 0, -512, 0)).isZero();
        }
    }
}
