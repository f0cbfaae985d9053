package io.paravert.soft.numeric.ring3;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The processor underneath as an oracle: hands machine code and states to the native harness (ring3.c, built by gcc at the
 * first use) and returns the states that it left. One instance serves one thread.
 *
 * <p>Where there is no gcc or the host is no x86-64 Linux, {@link #open} skips the calling test, by an assumption that
 * says what is missing.
 */
public final class Ring3 implements Closeable {
    /** States that one exchange carries. */
    public static final int BATCH = 256;

    /** The longest code. */
    public static final int CODE_BYTES = 120;

    private static final int REQUEST_BYTES = 8 + CODE_BYTES + Ring3State.BYTES;

    private static Path built;
    private static String unavailable;

    private final Process process;
    private final OutputStream toProcess;
    private final DataInputStream fromProcess;
    private final ByteBuffer out =
            ByteBuffer.allocate(4 + BATCH * REQUEST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer in = ByteBuffer.allocate(BATCH * Ring3State.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private Ring3(Process process) {
        this.process = process;
        this.toProcess = process.getOutputStream();
        this.fromProcess = new DataInputStream(process.getInputStream());
    }

    /**
     * Starts a harness, or skips the calling test where there can be none.
     *
     * @param features processor features that the caller's instructions need, as /proc/cpuinfo spells them
     */
    public static synchronized Ring3 open(String... features) {
        if (built == null && unavailable == null) build();
        assumeTrue(unavailable == null, () -> "no native reference: " + unavailable);
        Set<String> present = hostFeatures();
        for (String feature : features) {
            assumeTrue(present.contains(feature), () -> "no native reference: the host processor lacks " + feature);
        }
        try {
            return new Ring3(new ProcessBuilder(built.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the host's processor is AMD's, whose undefined results the statements follow. */
    public static boolean hostIsAmd() {
        try {
            return Files.readString(Path.of("/proc/cpuinfo")).contains("AuthenticAMD");
        } catch (IOException e) {
            return false;
        }
    }

    /** Runs {@code code} on each of the first {@code count} (at most {@link #BATCH}) inputs; outputs are overwritten. */
    public void run(byte[] code, Ring3State[] inputs, Ring3State[] outputs, int count) {
        out.clear();
        out.putInt(count);
        for (int i = 0; i < count; i++) put(64, code, inputs[i]);
        exchange(outputs, count);
    }

    /** As the other, with a code for each input, in segments of {@code size} bits: 64, 32 (flat) or 16 (of one page each). */
    public void run(int size, byte[][] codes, Ring3State[] inputs, Ring3State[] outputs, int count) {
        out.clear();
        out.putInt(count);
        for (int i = 0; i < count; i++) put(size, codes[i], inputs[i]);
        exchange(outputs, count);
    }

    private void put(int size, byte[] code, Ring3State input) {
        out.putInt(code.length).putInt(size);
        int start = out.position();
        out.put(code).position(start + CODE_BYTES);
        input.encode(out);
    }

    private void exchange(Ring3State[] outputs, int count) {
        try {
            toProcess.write(out.array(), 0, out.position());
            toProcess.flush();
            fromProcess.readFully(in.array(), 0, count * Ring3State.BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException("the native harness has died", e);
        }
        in.clear();
        for (int i = 0; i < count; i++) outputs[i].decode(in);
    }

    @Override
    public void close() {
        try {
            toProcess.close();
            if (!process.waitFor(5, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static Set<String> hostFeatures() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line -> Set.copyOf(
                            List.of(line.substring(line.indexOf(':') + 1).trim().split("\\s+"))))
                    .orElse(Set.of());
        } catch (IOException e) {
            return Set.of();
        }
    }

    private static void build() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (!os.contains("linux") || !System.getProperty("os.arch").equals("amd64")) {
            unavailable = "the host is no x86-64 Linux";
            return;
        }
        try (InputStream source = Ring3.class.getResourceAsStream("/ring3/ring3.c")) {
            Path directory = Files.createTempDirectory("ring3");
            Path c = directory.resolve("ring3.c");
            Path binary = directory.resolve("ring3");
            Files.copy(source, c);
            Process gcc = new ProcessBuilder("gcc", "-O2", "-o", binary.toString(), c.toString())
                    .inheritIO()
                    .start();
            if (gcc.waitFor() != 0) {
                unavailable = "gcc could not build ring3.c";
                return;
            }
            directory.toFile().deleteOnExit(); // deleted in the reverse order
            c.toFile().deleteOnExit();
            binary.toFile().deleteOnExit();
            built = binary;
        } catch (IOException e) {
            unavailable = "no gcc (" + e.getMessage() + ")";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            unavailable = "interrupted while gcc ran";
        }
    }
}
