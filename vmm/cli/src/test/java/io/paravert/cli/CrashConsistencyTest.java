package io.paravert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The monitor is killed (SIGKILL) while its guest writes: what the guest was told is flushed is on the disk, and nothing else
 * than what it wrote. {@code tools/crash-consistency} does it 200 times.
 */
class CrashConsistencyTest {
    private static final int KILLS = Integer.getInteger("paravert.kills", 5);
    private static final String ENGINE = System.getProperty("paravert.kills.engine", "soft");
    private static final int MOST_MILLIS = 120;

    @TempDir
    Path folder;

    /** What the guest has said so far. */
    private long flushed;
    /** The highest number that is on the disk: a guest may be ahead of what it says. */
    private long highest;

    @Test
    void shouldKeepEveryWriteThatWasAcknowledgedBehindAFlush() throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        System.out.println("CrashConsistencyTest seed " + seed + ", kills " + KILLS);
        Path disk = folder.resolve("disk.img");
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength((long) WritingGuest.BLOCKS * WritingGuest.BLOCK_BYTES);
        }
        long[] previous = new long[WritingGuest.BLOCKS];
        long first = 1;
        long acknowledged = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            flushed = first - 1;
            killWhileWriting(disk, first, random.nextInt(MOST_MILLIS));
            acknowledged += flushed - first + 1;
            check(disk, previous, first, "seed " + seed + ", kill " + kill);
            // The next guest's numbers are above all that this one can have written.
            first = (highest / WritingGuest.BATCH + 2) * WritingGuest.BATCH + 1;
        }
        System.out.println(
                "CrashConsistencyTest: " + KILLS + " kills, " + acknowledged + " acknowledged writes, none lost");
        assertThat(acknowledged).isGreaterThan(KILLS);
    }

    /** Runs the monitor in a process of its own and kills it a while after the guest's first flush. */
    private void killWhileWriting(Path disk, long first, int millis) throws Exception {
        Path guest = folder.resolve("writer.elf");
        Files.write(guest, WritingGuest.from(first).toElf());
        Process monitor = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "run",
                        guest.toString(),
                        "--engine",
                        ENGINE,
                        "--device",
                        "block,file=" + disk)
                .redirectError(folder.resolve("errors").toFile())
                .start();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(monitor.getInputStream(), StandardCharsets.US_ASCII))) {
            String line = said.readLine();
            assertThat(line).as(Files.readString(folder.resolve("errors"))).isNotNull();
            hear(line);
            Thread.sleep(millis);
            assertThat(monitor.isAlive()).as("still writing").isTrue();
            // By its handle: Process.destroyForcibly would close the pipe, and with it what was said.
            monitor.toHandle().destroyForcibly();
            // What it said before it died waits in the pipe; a last line may be cut off.
            StringBuilder rest = new StringBuilder();
            for (int c = said.read(); c >= 0; c = said.read()) {
                rest.append((char) c);
            }
            rest.substring(0, rest.lastIndexOf("\n") + 1).lines().forEach(this::hear);
        } finally {
            monitor.destroyForcibly().waitFor();
        }
    }

    private void hear(String line) {
        long number = Long.parseLong(line);
        assertThat(number).isEqualTo(flushed + WritingGuest.BATCH);
        flushed = number;
    }

    /**
     * @param previous what each block held at least before this guest; brought up to date with what it holds now
     * @param first this guest's first number
     */
    private void check(Path disk, long[] previous, long first, String when) throws IOException {
        ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(disk)).order(ByteOrder.LITTLE_ENDIAN);
        for (int block = 0; block < WritingGuest.BLOCKS; block++) {
            long least = previous[block];
            for (long number = Math.max(first, flushed - WritingGuest.BLOCKS); number <= flushed; number++) {
                least = WritingGuest.blockOf(number) == block ? number : least;
            }
            long lowest = Long.MAX_VALUE;
            for (int at = 0; at < WritingGuest.BLOCK_BYTES; at += Long.BYTES) {
                long found = content.getLong(block * WritingGuest.BLOCK_BYTES + at);
                assertThat(found).as("block %d, offset %d, %s", block, at, when).isGreaterThanOrEqualTo(least);
                assertThat(found == 0 || WritingGuest.blockOf(found) == block)
                        .as("block %d holds %d, %s", block, found, when)
                        .isTrue();
                lowest = Math.min(lowest, found);
                highest = Math.max(highest, found);
            }
            previous[block] = lowest;
        }
    }
}
