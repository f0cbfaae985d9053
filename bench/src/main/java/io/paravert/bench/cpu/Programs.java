package io.paravert.bench.cpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Compiles the programs from the sources, for guests and for the host. */
final class Programs {
    private static final Path SOURCES = Path.of("bench/src/main/c/cpu");
    /** For both sides: scalar programs stay scalar, and a square root is an instruction. */
    private static final List<String> FLAGS = List.of("-fno-tree-vectorize", "-fno-math-errno");

    private final Path directory;

    Programs(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    /** A guest that runs every program, or the one named, so often. */
    Path guest(int runs, String only) {
        return guest("cpu.elf", "-DROUNDS=" + runs, "-DONLY=\"" + only + "\"");
    }

    /** A guest that tells how much it did in its first second. */
    Path firstSecond() {
        return guest("first.elf", "-DFIRST_SECOND");
    }

    private Path guest(String name, String... defines) {
        Path file = directory.resolve(name);
        List<String> words = new ArrayList<>(List.of("guest-kit/pv-cc", "-o", file.toString(), "--sse"));
        for (String source : List.of("cpu.c", "programs.c", "system.c")) {
            words.add(SOURCES.resolve(source).toString());
        }
        words.addAll(List.of("--user", SOURCES.resolve("app.c").toString(), "--"));
        words.addAll(FLAGS);
        words.addAll(List.of(defines));
        return compiled(words, file);
    }

    /** Takes the number of runs and the name of a program as its arguments. */
    Path host() {
        Path file = directory.resolve("native");
        List<String> words =
                new ArrayList<>(List.of("gcc", "-O2", "-std=gnu11", "-fno-strict-aliasing", "-o", file.toString()));
        words.addAll(FLAGS);
        words.add(SOURCES.resolve("native.c").toString());
        words.add(SOURCES.resolve("programs.c").toString());
        return compiled(words, file);
    }

    private static Path compiled(List<String> words, Path file) {
        try {
            int status = new ProcessBuilder(words).inheritIO().start().waitFor();
            if (status != 0) {
                throw new BenchException("status " + status + " from: " + String.join(" ", words));
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new BenchException("interrupted");
        }
    }
}
