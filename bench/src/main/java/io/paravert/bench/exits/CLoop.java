package io.paravert.bench.exits;

import io.paravert.abi.Hypercall;
import io.paravert.abi.Port;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** {@code kvmloop.c}, compiled; each run is a process of its own. */
final class CLoop {
    private final Path binary;

    private CLoop(Path binary) {
        this.binary = binary;
    }

    /** Compiles it with the system's gcc into a directory of its own that goes when the JVM ends. */
    static CLoop compile() {
        try (InputStream source = CLoop.class.getResourceAsStream("/c/kvmloop.c")) {
            if (source == null) {
                throw new IllegalStateException("kvmloop.c is not on the class path");
            }
            Path directory = Files.createTempDirectory("paravert-bench");
            Path file = directory.resolve("kvmloop.c");
            Path binary = directory.resolve("kvmloop");
            file.toFile().deleteOnExit();
            binary.toFile().deleteOnExit();
            directory.toFile().deleteOnExit();
            Files.copy(source, file, StandardCopyOption.REPLACE_EXISTING);
            run(
                    "gcc",
                    "-O2",
                    "-Wall",
                    "-DFAST_PORT=" + Port.FAST,
                    "-DNULL_CALL=" + Hypercall.NULL,
                    "-o",
                    binary.toString(),
                    file.toString());
            return new CLoop(binary);
        } catch (IOException e) {
            throw new UncheckedIOException("the comparison in C needs gcc and the kernel's headers", e);
        }
    }

    /** What one exit costs. */
    Cost measure(boolean call, int exits) {
        try {
            String[] costs = run(binary.toString(), call ? "call" : "out", Integer.toString(exits))
                    .split(" ");
            return new Cost(Double.parseDouble(costs[0]), Double.parseDouble(costs[1]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(command[0] + " failed: " + output);
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException(command[0] + " was interrupted", e);
        }
        return output;
    }
}
