package io.paravert.devices.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the fuzzer has kept, its findings among them, goes through every build; a little at random beside it. */
class CorpusTest {
    private static final Path CORPUS = Path.of("src/test/fuzz");
    private static final int RANDOM_INPUTS = 60;
    private static final int RANDOM_BYTES = 400;
    private static final Map<String, Consumer<byte[]>> TARGETS = new TreeMap<>(Map.of(
            "QueueFuzz", QueueFuzz::fuzzerTestOneInput,
            "BlockFuzz", BlockFuzz::fuzzerTestOneInput,
            "BlockPathsFuzz", BlockPathsFuzz::fuzzerTestOneInput,
            "ConsoleFuzz", ConsoleFuzz::fuzzerTestOneInput,
            "NetFuzz", NetFuzz::fuzzerTestOneInput,
            "NetPathsFuzz", NetPathsFuzz::fuzzerTestOneInput,
            "EntropyFuzz", EntropyFuzz::fuzzerTestOneInput,
            "BalloonFuzz", BalloonFuzz::fuzzerTestOneInput,
            "ClockFuzz", ClockFuzz::fuzzerTestOneInput,
            "PciFuzz", PciFuzz::fuzzerTestOneInput));

    private static List<Path> corpus(String target) throws IOException {
        try (Stream<Path> files = Files.list(CORPUS.resolve(target))) {
            return files.sorted().toList();
        }
    }

    @TestFactory
    Stream<DynamicTest> keptInputs() {
        return TARGETS.entrySet().stream()
                .map(target -> DynamicTest.dynamicTest(target.getKey(), () -> {
                    List<Path> files = corpus(target.getKey());
                    assertThat(files).as("corpus of " + target.getKey()).isNotEmpty();
                    for (Path file : files) {
                        run(target.getValue(), Files.readAllBytes(file), file.toString());
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> randomInputs() {
        long seed = System.nanoTime();
        return TARGETS.entrySet().stream()
                .map(target -> DynamicTest.dynamicTest(target.getKey() + ", seed " + seed, () -> {
                    SplittableRandom random = new SplittableRandom(seed);
                    for (int i = 0; i < RANDOM_INPUTS; i++) {
                        byte[] input = new byte[random.nextInt(RANDOM_BYTES)];
                        random.nextBytes(input);
                        run(target.getValue(), input, "seed " + seed + ", input " + i);
                    }
                }));
    }

    private static void run(Consumer<byte[]> target, byte[] input, String which) {
        try {
            target.accept(input);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(which, e);
        }
    }

    @Test
    void everyTargetShouldBeRunByTheTool() throws IOException {
        String tool = Files.readString(Path.of("../../tools/fuzz"));
        assertThat(TARGETS.keySet()).allSatisfy(target -> assertThat(tool).contains(target));
    }
}
